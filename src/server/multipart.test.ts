import { describe, expect, it } from "vitest";
import { ByteBudget } from "./load-limits.ts";
import { plainName, readForm } from "./multipart.ts";

const limits = { fileFields: ["left", "right"], maxFiles: 2 };
const lease = (bytes = 1_000_000) => new ByteBudget({ total: bytes, perRequest: bytes }).lease(0);

/** As bytes: a stream would fail on its own when the reader aborts. */
async function post(form: FormData): Promise<Request> {
  const written = new Response(form);
  return raw(new Uint8Array(await written.arrayBuffer()), written.headers.get("content-type") ?? "");
}

function raw(body: string | Uint8Array<ArrayBuffer>, type = "multipart/form-data; boundary=b"): Request {
  return new Request("http://localhost/", { method: "POST", body, headers: { "content-type": type } });
}

const refused = (code: string, text: string) => expect.objectContaining({ code, message: expect.stringContaining(text) });

describe("a form", () => {
  it("is parsed into fields and files, with their bytes and names", async () => {
    const form = new FormData();
    form.append("left", new Blob([new Uint8Array([1, 2, 3])]), "a/b\\c.jpg");
    form.append("ids", "1");
    form.append("ids", "2");
    const { fields, files } = await readForm(await post(form), lease(), limits);
    expect({ ...fields }).toEqual({ ids: ["1", "2"] });
    const [file] = files.left ?? [];
    expect([file?.name, file?.data]).toEqual(["c.jpg", new Uint8Array([1, 2, 3])]);
  });

  it("of 4 MB is read completely", async () => {
    const bytes = new Uint8Array(4_000_000).map((_, i) => i % 251);
    const form = new FormData();
    form.append("left", new Blob([bytes]), "a.jpg");
    const { files } = await readForm(await post(form), lease(5_000_000), limits);
    expect(Buffer.from(files.left?.[0]?.data ?? []).equals(bytes)).toBe(true);
  });

  it("never treats text as a photograph", async () => {
    const form = new FormData();
    form.append("left", "/etc/passwd");
    await expect(readForm(await post(form), lease(), limits)).rejects.toThrow(
      refused("REQUEST_INVALID", "left must be a file part"),
    );
  });

  it("is rejected with an unknown file, too many files, too many fields or a long field", async () => {
    const other = new FormData();
    other.append("portrait", new Blob(["x"]), "x.jpg");
    await expect(readForm(await post(other), lease(), limits)).rejects.toThrow(refused("REQUEST_INVALID", "left, right"));
    const many = new FormData();
    for (let i = 0; i < 3; i++) many.append("left", new Blob(["x"]), "x.jpg");
    await expect(readForm(await post(many), lease(), limits)).rejects.toThrow(refused("REQUEST_TOO_LARGE", "2 files"));
    const fields = new FormData();
    for (let i = 0; i < 60; i++) fields.append(`f${i}`, "x");
    await expect(readForm(await post(fields), lease(), limits)).rejects.toThrow(refused("REQUEST_TOO_LARGE", "50 fields"));
    const long = new FormData();
    long.append("f", "x".repeat(20_000));
    await expect(readForm(await post(long), lease(), limits)).rejects.toThrow(refused("REQUEST_TOO_LARGE", "10000 bytes"));
  });

  it("is aborted as soon as it exceeds the request's limit", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === 0)
          controller.enqueue(Buffer.from('--b\r\ncontent-disposition: form-data; name="left"; filename="x"\r\n\r\n'));
        sent += 10_000;
        controller.enqueue(new Uint8Array(10_000));
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { "content-type": "multipart/form-data; boundary=b" } };
    const endless = new Request("http://localhost/", init as RequestInit);
    await expect(readForm(endless, lease(100_000), limits)).rejects.toThrow(refused("REQUEST_TOO_LARGE", "100000 bytes"));
    expect(sent).toBeLessThan(200_000);
  });

  it.each([
    ["without a boundary", raw("x", "multipart/form-data"), "boundary"],
    ["cut short", raw('--b\r\ncontent-disposition: form-data; name="left"; filename="x"\r\n\r\nabc'), "damaged"],
    ["of other bytes", raw(new Uint8Array(5000)), "damaged"],
    ["that is empty", raw(""), "damaged"],
  ])("%s is refused", async (_, request, reason) => {
    await expect(readForm(request, lease(), limits)).rejects.toThrow(refused("REQUEST_INVALID", reason));
  });
});

it.each([
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\a.jpg", "a.jpg"],
  ["a\u0000\r\n\u202egpj.exe", "agpj.exe"],
  ["", "photograph"],
  ["x".repeat(500), "x".repeat(100)],
])("the file name %j is told as %j", (given, told) => {
  expect(plainName(given)).toBe(told);
});

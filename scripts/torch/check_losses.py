"""Values of pytorch-metric-learning's classification losses, and of AdaFace's formula in PyTorch, for src/engine/graph/class-loss-graph.test.ts.

    pip install torch pytorch-metric-learning && python scripts/torch/check_losses.py > docs/results/torch/losses.json

One random batch a loss, with the loss, its gradient by the embeddings and by the class weights (rows here, columns there).
"""
import json
import math

import torch
from pytorch_metric_learning import __version__
from pytorch_metric_learning.losses import ArcFaceLoss, CosFaceLoss, SubCenterArcFaceLoss

N, SIZE, CLASSES, K = 9, 5, 4, 3
torch.manual_seed(1)
cases = []
for name, loss, options in [
    ("arcface", ArcFaceLoss(CLASSES, SIZE, margin=28.6, scale=64), {"kind": "arcface", "scale": 64, "margin": math.radians(28.6)}),
    ("arcface, wide margin", ArcFaceLoss(CLASSES, SIZE, margin=80, scale=8), {"kind": "arcface", "scale": 8, "margin": math.radians(80)}),
    ("cosface", CosFaceLoss(CLASSES, SIZE, margin=0.35, scale=30), {"kind": "cosface", "scale": 30, "margin": 0.35}),
    ("sub-center arcface", SubCenterArcFaceLoss(num_classes=CLASSES, embedding_size=SIZE, margin=28.6, scale=16, sub_centers=K),
     {"kind": "arcface", "scale": 16, "margin": math.radians(28.6), "subCentres": K}),
]:
    embeddings = torch.nn.functional.normalize(torch.randn(N, SIZE)).requires_grad_()
    labels = torch.tensor([i % CLASSES for i in range(N)])
    value = loss(embeddings, labels)
    value.backward()
    # The library normalises embeddings itself: what is along an embedding has no effect there and is taken off here too.
    cases.append({
        "name": name, "options": options, "embeddings": embeddings.detach().tolist(), "labels": labels.tolist(),
        "weights": loss.W.detach().T.tolist(), "loss": value.item(), "gradient": embeddings.grad.tolist(),
        "weightGradient": loss.W.grad.T.tolist(),
    })


def adaface(embeddings, norms, weights, labels, margin=0.4, concentration=0.333, scale=16.0, eps=1e-3):
    """head.py of AdaFace's authors (github.com/mk-minchul/AdaFace) at the first step, whose statistics are the batch's own."""
    kernel = torch.nn.functional.normalize(weights, dim=1)
    cosine = (embeddings @ kernel.T).clamp(-1 + eps, 1 - eps)
    safe = norms.clip(0.001, 100).detach()
    scaler = ((safe - safe.mean()) / (safe.std() + eps) * concentration).clip(-1, 1)[:, None]
    own = torch.nn.functional.one_hot(labels, weights.shape[0])
    theta = (cosine.acos() - margin * scaler * own).clip(eps, math.pi - eps)
    logits = scale * (theta.cos() - (margin + margin * scaler) * own)
    return torch.nn.functional.cross_entropy(logits, labels)


for case in range(3):
    embeddings = torch.nn.functional.normalize(torch.randn(N, SIZE)).requires_grad_()
    norms = 2 + 20 * torch.rand(N)
    weights = torch.randn(CLASSES, SIZE).requires_grad_()
    labels = torch.tensor([i % CLASSES for i in range(N)])
    value = adaface(embeddings, norms, weights, labels)
    value.backward()
    # Along an embedding there is nothing, as above.
    gradient = embeddings.grad - (embeddings.grad * embeddings.detach()).sum(1, keepdim=True) * embeddings.detach()
    cases.append({
        "name": f"adaface, batch {case + 1}", "options": {"kind": "adaface", "scale": 16, "margin": 0.4}, "norms": norms.tolist(),
        "embeddings": embeddings.detach().tolist(), "labels": labels.tolist(), "weights": weights.detach().tolist(),
        "loss": value.item(), "gradient": gradient.tolist(), "weightGradient": weights.grad.tolist(),
    })
print(json.dumps({"torch": torch.__version__, "pytorch-metric-learning": __version__, "cases": cases}, indent=1))

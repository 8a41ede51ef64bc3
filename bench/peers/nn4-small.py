"""nn4-small in PyTorch, layer for layer as src/models/networks/nn4-small.ts: one training step a line on standard input.

Usage: python3 nn4-small.py THREADS BATCH. Needs torch (Debian: python3-torch). After each step it prints one line of JSON,
{"wallMs", "cpuMs"}; before the first one {"torch", "parameters"}.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

threads, batch = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(1)


def convolution(inputs, outputs, kernel, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.005),
        nn.ReLU(inplace=True),
    )


class L2Pool(nn.Module):
    def forward(self, x):
        return torch.sqrt(F.avg_pool2d(x * x, 3, 1, 1) * 9 + 1e-10)


class Inception(nn.Module):
    def __init__(self, inputs, one, three, five, pool, projection, stride=1):
        super().__init__()
        branches = []
        if one:
            branches.append(convolution(inputs, one, 1))
        branches.append(nn.Sequential(convolution(inputs, three[0], 1), convolution(three[0], three[1], 3, stride)))
        if five:
            branches.append(nn.Sequential(convolution(inputs, five[0], 1), convolution(five[0], five[1], 5, stride)))
        pooling = nn.MaxPool2d(3, stride, 1) if pool == "max" else L2Pool()
        branches.append(nn.Sequential(pooling, convolution(inputs, projection, 1)) if projection else pooling)
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            convolution(3, 64, 7, 2),
            nn.MaxPool2d(3, 2, 1),
            nn.LocalResponseNorm(5, 1e-4, 0.75, 1),
            convolution(64, 64, 1),
            convolution(64, 192, 3),
            nn.LocalResponseNorm(5, 1e-4, 0.75, 1),
            nn.MaxPool2d(3, 2, 1),
            Inception(192, 64, (96, 128), (16, 32), "max", 32),
            Inception(256, 64, (96, 128), (32, 64), "L2", 64),
            Inception(320, 0, (128, 256), (32, 64), "max", 0, 2),
            Inception(640, 256, (96, 192), (32, 64), "L2", 128),
            Inception(640, 0, (160, 256), (64, 128), "max", 0, 2),
            Inception(1024, 256, (96, 384), None, "L2", 96),
            Inception(736, 256, (96, 384), None, "max", 96),
        )
        self.fc = nn.Linear(736, 128)

    def forward(self, x):
        return F.normalize(self.fc(self.features(x).mean((2, 3))))


network = Network()
optimiser = torch.optim.Adagrad(network.parameters(), lr=0.05, initial_accumulator_value=0.1)
images = torch.rand(batch, 3, 96, 96) * 2 - 1
gradient = (torch.rand(batch, 128) * 2 - 1) / batch
parameters = sum(p.numel() for p in network.parameters())
print(json.dumps({"torch": torch.__version__, "parameters": parameters}), flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    optimiser.zero_grad()
    network(images).backward(gradient)
    optimiser.step()
    print(json.dumps({"wallMs": 1e3 * (time.perf_counter() - wall), "cpuMs": 1e3 * (time.process_time() - cpu)}), flush=True)

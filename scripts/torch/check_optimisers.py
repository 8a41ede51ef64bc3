"""Reference trajectories of torch.optim for src/engine/graph/optimiser.test.ts.

    pip install torch && python scripts/torch/check_optimisers.py > docs/results/torch/optimisers.json

Five parameters, 100 steps on a gradient that both sides compute: g_i = 0.5 p_i - c_i + 0.3 sin(t (i + 1)). Each case is written with
the options of this project's optimiser under `optimiser`, so that the test has no table of its own.
"""
import json
import math
import sys

import torch
from torch.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, MultiStepLR, SequentialLR

STEPS = 100
BEGUN = [0.5, -1.0, 2.0, 0.0, 0.1]
TARGETS = [0.3, -0.2, 0.5, 1.0, -0.7]
torch.set_default_dtype(torch.float64)


def gradient(p, t):
    rows = range(len(BEGUN))
    noise = torch.tensor([0.3 * math.sin(t * (i + 1)) for i in rows])
    return 0.5 * p - torch.tensor(TARGETS) + noise


def run(make, schedule=None, clip=None, average=None):
    p = torch.nn.Parameter(torch.tensor(BEGUN))
    optimiser = make([p])
    scheduler = schedule(optimiser) if schedule else None
    averages, rates, mean = [], [], p.detach().clone()
    places = []
    for t in range(1, STEPS + 1):
        p.grad = gradient(p.detach(), t)
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([p], clip)
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if scheduler:
            scheduler.step()
        if average is not None:
            # tf.train.ExponentialMovingAverage with num_updates
            decay = min(average, (1 + t) / (10 + t))
            mean = decay * mean + (1 - decay) * p.detach()
            averages.append(mean.tolist())
        places.append(p.detach().tolist())
    answer = {"places": [places[i] for i in (0, 1, 9, 49, 99)], "rates": rates}
    if average is not None:
        answer["averages"] = [averages[i] for i in (0, 1, 9, 49, 99)]
    return answer


def cosine(warm):
    def make(optimiser):
        first = LinearLR(optimiser, start_factor=1 / (warm + 1), end_factor=1.0, total_iters=warm)
        then = CosineAnnealingLR(optimiser, T_max=STEPS - warm)
        return SequentialLR(optimiser, [first, then], milestones=[warm])

    return make


R = 0.05
CASES = [
    ("SGD", {"kind": "sgd"}, lambda p: SGD(p, lr=R), {}),
    ("SGD, momentum", {"kind": "sgd", "momentum": 0.9}, lambda p: SGD(p, lr=R, momentum=0.9), {}),
    ("SGD, dampened", {"kind": "sgd", "momentum": 0.9, "dampening": 0.3}, lambda p: SGD(p, lr=R, momentum=0.9, dampening=0.3), {}),
    ("SGD, Nesterov", {"kind": "sgd", "momentum": 0.9, "nesterov": True}, lambda p: SGD(p, lr=R, momentum=0.9, nesterov=True), {}),
    ("SGD, weight decay", {"kind": "sgd", "momentum": 0.9}, lambda p: SGD(p, lr=R, momentum=0.9, weight_decay=0.1), {"weightDecay": 0.1}),
    ("AdaGrad", {"kind": "adagrad"}, lambda p: Adagrad(p, lr=R), {}),
    ("AdaGrad, decaying from 0.1", {"kind": "adagrad", "initialAccumulator": 0.1, "rateDecay": 0.01, "epsilon": 1e-6},
     lambda p: Adagrad(p, lr=R, initial_accumulator_value=0.1, lr_decay=0.01, eps=1e-6), {}),
    ("AdaGrad, weight decay", {"kind": "adagrad"}, lambda p: Adagrad(p, lr=R, weight_decay=0.1), {"weightDecay": 0.1}),
    ("RMSProp", {"kind": "rmsprop"}, lambda p: RMSprop(p, lr=R), {}),
    ("RMSProp, momentum", {"kind": "rmsprop", "smoothing": 0.9, "momentum": 0.9, "epsilon": 1e-3},
     lambda p: RMSprop(p, lr=R, alpha=0.9, momentum=0.9, eps=1e-3), {}),
    ("RMSProp, centred", {"kind": "rmsprop", "centred": True, "momentum": 0.5},
     lambda p: RMSprop(p, lr=R, centered=True, momentum=0.5), {}),
    ("Adam", {"kind": "adam"}, lambda p: Adam(p, lr=R), {}),
    ("Adam, other constants", {"kind": "adam", "beta1": 0.8, "beta2": 0.95, "epsilon": 0.1},
     lambda p: Adam(p, lr=R, betas=(0.8, 0.95), eps=0.1), {}),
    ("Adam, L2", {"kind": "adam"}, lambda p: Adam(p, lr=R, weight_decay=0.1), {"weightDecay": 0.1}),
    ("Adam, AMSGrad", {"kind": "adam", "amsgrad": True}, lambda p: Adam(p, lr=R, amsgrad=True), {}),
    ("AdamW", {"kind": "adamw"}, lambda p: AdamW(p, lr=R, weight_decay=0.1), {"weightDecay": 0.1}),
    ("AdamW, clipped, warm-up and cosine, averaged", {"kind": "adamw"}, lambda p: AdamW(p, lr=R, weight_decay=0.01),
     {"weightDecay": 0.01, "clip": 0.5, "average": 0.9999, "warmup": 10, "rateSchedule": "cosine"}),
    ("SGD, in steps", {"kind": "sgd"}, lambda p: SGD(p, lr=R), {"rateSchedule": "step", "milestones": [0.3, 0.8]}),
]

cases = []
for name, optimiser, make, more in CASES:
    schedule = None
    if more.get("rateSchedule") == "cosine":
        schedule = cosine(more["warmup"])
    if more.get("rateSchedule") == "step":
        schedule = lambda o: MultiStepLR(o, milestones=[round(m * STEPS) for m in more["milestones"]], gamma=0.1)
    answer = run(make, schedule, more.get("clip"), more.get("average"))
    if schedule is None:
        del answer["rates"]
    cases.append({"name": name, "optimiser": optimiser, "rate": R, **more, **answer})

print(json.dumps({"torch": torch.__version__, "python": sys.version.split()[0], "begun": BEGUN, "targets": TARGETS,
                  "after": [1, 2, 10, 50, 100], "cases": cases}, indent=1))

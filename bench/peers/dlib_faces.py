"""face_recognition (dlib): its detector and its encodings, at their defaults.

Usage: python3 dlib_faces.py PHOTOGRAPH... Needs face_recognition. For each line on standard input it goes through all photographs,
decoding included, and prints one line of JSON, {"faces"}.
"""

import json
import sys

import face_recognition

for _ in sys.stdin:
    count = 0
    for path in sys.argv[1:]:
        count += len(face_recognition.face_encodings(face_recognition.load_image_file(path)))
    print(json.dumps({"faces": count}), flush=True)

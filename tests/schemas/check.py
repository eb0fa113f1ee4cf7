#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py stix|misp|veris|iodef FILE: is it valid? Beside the schema, ids of STIX are computed again
and references looked up. Prints what is wrong; the status says whether anything is."""
import json
import pathlib
import subprocess
import sys
import uuid

import jsonschema
from jsonschema.exceptions import best_match

HERE = pathlib.Path(__file__).parent
SCHEMAS = {'stix': 'stix21.schema.json', 'misp': 'misp.schema.json', 'veris': 'veris14.schema.json'}
STIX_SPACE = uuid.UUID('00abedb4-aa42-466c-9c01-fed23315a9b7')  # STIX 2.1, 2.9


def stix(bundle):
    """What a schema cannot say."""
    objects = bundle['objects']
    known = {o['id'] for o in objects}
    if len(known) != len(objects):
        yield 'an id stands twice'
    for o in objects:
        if 'modified' in o and o['modified'] < o['created']:
            yield f"{o['id']}: modified before it was created"
        if o.get('first_observed', '') > o.get('last_observed', ''):
            yield f"{o['id']}: last observed before first"
        named = {k: o[k] for k in ('value', 'hashes') if k in o and o['type'] not in ('indicator',)}
        if named:
            text = json.dumps(named, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
            if o['id'] != f"{o['type']}--{uuid.uuid5(STIX_SPACE, text)}":
                yield f"{o['id']}: is not the id of {text}"
        for key, value in o.items():
            for ref in value if key.endswith('_refs') else [value] if key.endswith('_ref') else []:
                if ref not in known:
                    yield f"{o['id']}: {key} points nowhere: {ref}"


def main(kind, path):
    if kind == 'iodef':
        return subprocess.run(['xmllint', '--noout', '--nonet', '--schema', HERE / 'iodef2.xsd', path]).returncode
    with open(path, encoding='utf-8') as f:
        data = json.load(f)
    validator = jsonschema.Draft7Validator(json.loads((HERE / SCHEMAS[kind]).read_text()))
    each = data if isinstance(data, list) else [data]  # several cases of VERIS are a list
    problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:400]}"
                for one in each for e in (best_match([e]) for e in validator.iter_errors(one))]
    problems += list(stix(data)) if kind == 'stix' else []
    print('\n'.join(problems), end='')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))

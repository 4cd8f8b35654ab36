import json

from vultus.world.rendering import Stage, draw_stage


def test_a_stage_survives_a_json_file():
    for seed in range(20):
        stage = draw_stage(seed)
        assert Stage.from_json(json.loads(json.dumps(stage.to_json()))) == stage

import re

import pytest

from vultus.assets.catalogue import CATALOGUE
from vultus.face.models import MORPHABLES


def test_every_published_model_is_in_the_table():
    tabled = {asset.name for asset in CATALOGUE.values() if asset.kind == "morphable"}
    assert tabled == set(MORPHABLES) - {"builtin"}


@pytest.mark.parametrize("asset", CATALOGUE.values(), ids=lambda asset: asset.key)
def test_every_asset_says_where_it_is_from_and_under_what(asset):
    assert CATALOGUE[asset.key] is asset
    assert asset.source.startswith("https://")
    assert asset.licence
    assert asset.files
    assert asset.sha256 is None or re.fullmatch("[0-9a-f]{8,64}", asset.sha256)
    error = asset.missing(None)
    assert asset.source in error.remedy
    assert asset.without in error.remedy
    assert error.metadata["asset"] == asset.key
    assert "\n" not in str(error)


def test_non_commercial_licences_are_not_called_commercial():
    assert not any(asset.commercial for asset in CATALOGUE.values() if "non-commercial" in asset.licence)

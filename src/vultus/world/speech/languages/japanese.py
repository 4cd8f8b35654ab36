"""Japanese, written in Hepburn romanisation."""
# ruff: noqa: RUF001 - IPA letters look like others

from vultus.world.speech.languages.language import Language, enter

_RULES = """
a=a i=i u=ɯ e=e o=o ā=aː ī=iː ū=ɯː ē=eː ō=oː aa=aː ii=iː uu=ɯː ee=eː oo=oː ou=oː ei=eː k=k s=s t=t n=n
h=h m=m y=j r=ɾ w=w g=ɡ z=z d=d b=b p=p f=ɸ j=dʑ v=b l=ɾ sh=ɕ ch=tɕ ts=ts h>i=ç hy=ç ky=kʲ gy=ɡʲ ny=nʲ
my=mʲ ry=ɾʲ by=bʲ py=pʲ jy=dʑ n>[^aeiouyāīūēōn]=ɴ n>$=ɴ n'=ɴ kk=kː ss=sː tt=tː pp=pː ssh=ɕː tch=tːɕ
tts=tːs mm=mː c=k q=k x=ks
"""

JAPANESE = enter(
    Language(
        name="ja",
        english_name="Japanese",
        onsets="-*5 k*6 t*5 n*5 s*4 m*4 ɾ*5 h*2 j*2 w*2 d*3 ɡ*3 b*2 ɕ*4 tɕ*2 dʑ*2 ts*2 z ɸ p kʲ ɾʲ kː tː",
        nuclei="a*6 i*5 o*5 ɯ*4 e*4 oː*2 ɯː eː",
        codas="-*8 ɴ*2",
        syllable_counts=(1, 4, 4, 3),
        stress="none",
        timing="mora",
        pace=1.12,
        pitch_accent=True,
        accent=0.6,
        continuation=1.5,
        question=5.0,
        rules=_RULES,
        digits=("zero", "ichi", "ni", "san", "yon", "go", "roku", "nana", "hachi", "kyū"),
    )
)

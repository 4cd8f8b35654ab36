"""Arabic, written romanised: doubled vowels or ones with a macron are long, ' is hamza, ` is ain."""
# ruff: noqa: RUF001 - IPA letters look like others

from vultus.world.speech.languages.language import Language, enter

_RULES = """
a=a i=ɪ u=ʊ e=ɛ o=o aa=aː ii=iː uu=uː ee=iː oo=uː ā=aː ī=iː ū=uː ai=aɪ ay=aɪ au=aʊ aw=aʊ b=b t=t th=θ
j=dʒ kh=x d=d dh=ð r=r z=z s=s sh=ʃ gh=ɣ f=f q=q k=k l=l m=m n=n h=h w=w y=j g=ɡ p=b v=v ḥ=ħ ṣ=sˤ ḍ=dˤ
ṭ=tˤ ẓ=ðˤ '=ʔ ʾ=ʔ ʿ=ʕ `=ʕ c=k x=ks bb=bː tt=tː dd=dː ss=sː ll=lː mm=mː nn=nː rr=r kk=kː
"""

ARABIC = enter(
    Language(
        name="ar",
        english_name="Arabic",
        onsets="ʔ*6 l*5 m*6 b*4 n*4 t*4 k*3 w*3 j*4 h*3 f*3 s*3 r*4 d*3 ʕ*4 ħ*3 q*3 ʃ*2 dʒ*2 x*2 "
        "ɣ z θ ð sˤ*2 tˤ*2 dˤ",
        nuclei="a*7 aː*5 ɪ*5 iː*3 ʊ*4 uː*3 aɪ aʊ",
        codas="-*8 n*4 m*3 l*4 r*3 t*3 h*2 s*2 k b d q ʕ ħ f",
        syllable_counts=(1, 4, 5, 2),
        stress="penultimate",
        timing="stress",
        pace=1.05,
        accent=0.8,
        rules=_RULES,
        words={
            "al": "al",
            "wa": "wa",
            "fi": "fiː",
            "min": "mɪn",
            "ila": "ɪla",
            "la": "laː",
            "allah": "ʔalˈlˤaːh",
        },
        digits=(
            "sifr",
            "wāḥid",
            "ithnān",
            "thalātha",
            "arba`a",
            "khamsa",
            "sitta",
            "sab`a",
            "thamāniya",
            "tis`a",
        ),
    )
)

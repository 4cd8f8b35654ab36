"""Spanish."""
# ruff: noqa: RUF001 - IPA letters look like others

from vultus.world.speech.languages.language import Language, enter

_RULES = """
a=a á=ˈa b=β ^<b>=b m<b>=b bb=b c=k c>[eiéí]=θ cc=kθ ch=tʃ d=ð̞ ^<d>=d [nl]<d>=d e=e é=ˈe f=f g=ɣ ^<g>=ɡ
n<g>=ɡ g>[eiéí]=x gu>[eiéí]=ɡ gü=ɡw h= i=i í=ˈi [^aeiou]<i>[aeouáéóú]=j [aeo]<i>=i j=x k=k l=l ll=ʎ m=m
n=n n>[cgkqj]=ŋ ñ=ɲ o=o ó=ˈo p=p qu=k q=k r=ɾ ^<r>=r [nls]<r>=r rr=r s=s t=t u=u ú=ˈu ü=w
[^aeiouq]<u>[aeioáéíó]=w v=β ^<v>=b n<v>=b w=w x=ks y=ʝ y>$=i ^<y>$=i z=θ
"""

SPANISH = enter(
    Language(
        name="es",
        english_name="Spanish",
        onsets="-*4 d*3 ð̞*4 l*5 n*4 s*6 t*5 k*6 m*5 p*5 ɾ*5 β*4 ɣ*2 b*2 f*2 θ*3 x*2 r*2 tʃ ʎ ɲ ɡ ʝ "
        "tɾ*2 pɾ*2 bɾ ɡɾ fɾ pl bl kl kɾ mj bj kw bw pw nj",
        nuclei="a*6 e*6 o*5 i*4 u*2 ei ai au oi",
        reduced="a*6 e*6 o*5 i*3 u",
        codas="-*10 s*5 n*5 ɾ*3 l*3 ð̞ θ",
        codas_within="-*12 n*3 s*3 ɾ*2 l*2 m",
        syllable_counts=(3, 4, 4, 2),
        stress="penultimate",
        timing="syllable",
        pace=1.18,
        accent=0.9,
        continuation=3.0,
        rules=_RULES,
        words={
            "el": "el", "la": "la", "de": "de", "que": "ke", "y": "i", "a": "a", "en": "en", "un": "un",
            "una": "una",
            "los": "los", "las": "las", "se": "se", "no": "no", "con": "kon", "por": "poɾ", "su": "su",
            "es": "es",
            "lo": "lo", "al": "al", "del": "del", "me": "me", "te": "te", "mi": "mi", "tu": "tu",
            "si": "si",
        },
        digits=("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    )
)  # fmt: skip

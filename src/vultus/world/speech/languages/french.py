"""French."""
# ruff: noqa: RUF001 - IPA letters look like others

from vultus.world.speech.languages.language import Language, enter

_RULES = """
a=a à=a â=a ai=ɛ ain=ɛ̃ au=o eau=o an>[^aeiouynméèêmh]=ɑ̃ an>$=ɑ̃ am>[bp]=ɑ̃ ail>$=aj aill=aj ay=ɛi b=b
bb=b c=k c>[eiyéèê]=s ç=s cc=k ch=ʃ ck=k d=d d>$= ds>$= dd=d e=ə é=e è=ɛ ê=ɛ ë=ɛ e>$= es>$= ent>$=
e>([^aeiouyéèêh])\\1=ɛ e>[rlsxct][^aeiouyéèêhrl]=ɛ er>$=e ez>$=e et>$=ɛ eu=ø eur=œʁ œu=œ œ=œ
en>[^aeiouynméèêh]=ɑ̃ en>$=ɑ̃ em>[bp]=ɑ̃ i<en>$=ɛ̃ ei=ɛ ein=ɛ̃ eil>$=ɛj eill=ɛj e>[rl]$=ɛ
^[^aeiouyéèê]+<es>$=e ^[^aeiouyéèê]+<e>$=ə f=f ff=f g=ɡ g>[eiyéè]=ʒ ge>[aou]=ʒ gu>[eiyéè]=ɡ gn=ɲ h= i=i
î=i ï=i [^aeiou]<i>[aeouéè]=j in>[^aeiouyénmh]=ɛ̃ in>$=ɛ̃ im>[bp]=ɛ̃ [^v]ill=ij j=ʒ k=k l=l ll=l m=m mm=m
n=n nn=n o=o>$ o=ɔ o>$=o ô=o oi=wa ou=u où=u oin=wɛ̃ on>[^aeiouynmh]=ɔ̃ on>$=ɔ̃ om>[bp]=ɔ̃ oy=waj p=p
pp=p p>$= ph=f qu=k q=k r=ʁ rr=ʁ s=s ss=s s>$= [aeiouyéèê]<s>[aeiouyéèê]=z sc>[eiy]=s t=t tt=t t>$= ts>$=
th=t tion=sjɔ̃ u=y û=y ù=y ui=ɥi un>[^aeiouynmh]=œ̃ un>$=œ̃ v=v w=w x=ks x>$= y=i ^<y>[aeiou]=j z=z z>$=
'=
"""

FRENCH = enter(
    Language(
        name="fr",
        english_name="French",
        onsets="-*3 d*5 l*6 s*5 p*5 t*4 m*4 k*4 ʁ*5 v*3 n*3 f*3 ʒ*3 b*2 ʃ*2 z*2 ɡ ɲ j w "
        "tʁ*2 pʁ*2 pl*2 dʁ fʁ kʁ bl kl ɡʁ bʁ mw vw pj",
        nuclei="a*6 e*4 ɛ*5 i*5 ə*3 o*3 ɔ*3 u*3 y*3 ø*2 œ*2 ɑ̃*4 ɔ̃*3 ɛ̃*3",
        codas="-*12 ʁ*4 l*3 t*2 s*2 n*2 m k z ʒ j bl tʁ",
        codas_within="-*14 ʁ*2 l s k",
        syllable_counts=(5, 5, 3, 1),
        stress="final",
        timing="syllable",
        pace=1.1,
        accent=0.7,
        continuation=3.5,
        rules=_RULES.replace("o=o>$ ", ""),
        words={
            "le": "lə", "la": "la", "les": "le", "de": "də", "des": "de", "du": "dy", "un": "œ̃",
            "une": "yn",
            "et": "e", "est": "ɛ", "à": "a", "il": "il", "elle": "ɛl", "que": "kə", "qui": "ki",
            "en": "ɑ̃",
            "ne": "nə", "pas": "pa", "pour": "puʁ", "dans": "dɑ̃", "sur": "syʁ", "se": "sə", "ce": "sə",
            "je": "ʒə",
            "tu": "ty", "nous": "nu", "vous": "vu", "ils": "il", "avec": "aˈvɛk", "mais": "mɛ",
            "sept": "ˈsɛt",
            "six": "ˈsis", "huit": "ˈɥit", "cinq": "ˈsɛ̃k", "neuf": "ˈnœf", "bonjour": "bɔ̃ˈʒuʁ",
        },
        digits=("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    )
)  # fmt: skip

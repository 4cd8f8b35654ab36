"""German."""
# ruff: noqa: RUF001 - IPA letters look like others

from vultus.world.speech.languages.language import Language, enter

_RULES = """
a=a aa=aː ah=aː a>[^aeiouäöüy][aeiouäöü]=aː ai=aɪ ay=aɪ au=aʊ ä=ɛ äh=ɛː ä>[^aeiouäöüy][aeiouäöü]=ɛː äu=ɔʏ
b=b bb=b b>$=p b>[st]=p c=k ch=ç [aou]<ch>=x ^<ch>=k chs=ks ck=k d=d dd=d d>$=t dt=t e=ɛ ee=eː eh=eː
e>[^aeiouäöüy][aeiouäöü]=eː ei=aɪ eu=ɔʏ ^.*[aeiouäöü].*<e>$=ə ^.*[aeiouäöü].*<er>$=ɐ
^.*[aeiouäöü].*<en>$=ən ^.*[aeiouäöü].*<el>$=əl ^.*[aeiouäöü].*<em>$=əm ^.*[aeiouäöü].*<es>$=əs
^.*[aeiouäöü].*<et>$=ət ^<be>[^aeiouäöürt]=bə ^<ge>[^aeiouäöürnl]=ɡə ^<ver>=fɛɐ ey=aɪ f=f ff=f g=ɡ gg=ɡ
g>$=k ig>$=ɪç h=h [aeiouäöü]<h>= i=ɪ ie=iː ih=iː ieh=iː i>[^aeiouäöüy][aeiouäöü]=iː j=j k=k l=l ll=l m=m
mm=m n=n nn=n ng=ŋ nk=ŋk o=ɔ oo=oː oh=oː o>[^aeiouäöüy][aeiouäöü]=oː ^.*<o>$=oː ö=œ öh=øː
ö>[^aeiouäöüy][aeiouäöü]=øː p=p pp=p pf=pf ph=f qu=kv r=ʁ rr=ʁ rh=ʁ [aeiouäöü]<r>$=ɐ
[aeiouäöü]<r>[^aeiouäöü]=ɐ s=s ss=s ß=s s>[aeiouäöü]=z sch=ʃ ^<sp>=ʃp ^<st>=ʃt t=t tt=t th=t tion=tsioːn
tz=ts tsch=tʃ u=ʊ uh=uː u>[^aeiouäöüy][aeiouäöü]=uː ^.*<u>$=uː ü=ʏ üh=yː ü>[^aeiouäöüy][aeiouäöü]=yː v=f
w=v x=ks y=ʏ z=ts zz=ts
"""

_WORDS = {
    "der": "deːɐ", "die": "diː", "das": "das", "und": "ʊnt", "in": "ɪn", "den": "deːn", "von": "fɔn",
    "zu": "tsuː", "mit": "mɪt", "sich": "zɪç", "auf": "aʊf", "für": "fyːɐ", "nicht": "nɪçt", "es": "ɛs",
    "ich": "ɪç", "du": "duː", "er": "eːɐ", "wir": "viːɐ", "ihr": "iːɐ", "ein": "aɪn", "eine": "aɪnə",
    "dem": "deːm", "so": "zoː", "an": "an", "am": "am", "im": "ɪm", "aus": "aʊs", "wie": "viː",
    "hat": "hat", "bei": "baɪ", "dass": "das", "wer": "ˈveːɐ", "gut": "ˈɡuːt", "tag": "ˈtaːk",
    "vier": "ˈfiːɐ", "null": "ˈnʊl", "nur": "ˈnuːɐ", "mehr": "ˈmeːɐ", "noch": "nɔx", "heute": "ˈhɔʏtə",
    "ist": "ɪst",  # codespell:ignore ist
    "sie": "ziː",  # codespell:ignore sie
    "als": "als",  # codespell:ignore als
    "was": "vas",  # codespell:ignore vas
    "vor": "foːɐ",  # codespell:ignore vor
}  # fmt: skip

GERMAN = enter(
    Language(
        name="de",
        english_name="German",
        onsets="-*3 d*6 z*4 v*4 n*3 m*4 b*4 ɡ*5 f*4 l*4 ʁ*3 h*4 t*3 k*3 ʃ*2 ts*2 p j "
        "ʃt*2 ʃp ʃl ʃv tʁ fʁ kl bl ɡl ɡʁ bʁ pf kʁ pʁ ʃtʁ kn tsv",
        nuclei="a*4 aː*3 ɛ*4 eː*3 ɪ*4 iː*3 ɔ*3 oː*2 ʊ*3 uː*2 aɪ*4 aʊ*2 ɔʏ yː ʏ œ øː ɛː",
        reduced="ə*8 ɐ*3 ɪ*2 a",
        codas="-*5 n*8 t*5 s*3 l*3 m*2 ʁ*2 x*2 ç*3 k*2 f ŋ*2 p nt*2 st*3 çt*2 xt ft ts nts lt ʃ ɐt",
        codas_within="-*9 n*3 l*2 s m ʁ*2 x ç ŋ",
        syllable_counts=(4, 5, 3, 1),
        stress="initial",
        aspirated=True,
        accent=1.0,
        continuation=2.5,
        rules=_RULES,
        words=_WORDS,
        digits=("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    )
)

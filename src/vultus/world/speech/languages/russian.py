"""Russian, written in Cyrillic or romanised."""
# ruff: noqa: RUF001 - IPA and Cyrillic letters look like others

from vultus.world.speech.languages.language import Language, enter

_SOFT = "[еёиюяь]"
_PAIRED = "бb вv гɡ дd зz кk лɫ мm нn пp рr сs тt фf хx"
_CYRILLIC = """
а=a о=o у=u э=ɛ ы=ɨ и=i е=ɛ ё=o ю=u я=a ^<е>=jɛ ^<ё>=jo ^<ю>=ju ^<я>=ja [аоуэыиеёюяьъ]<е>=jɛ
[аоуэыиеёюяьъ]<ё>=jo [аоуэыиеёюяьъ]<ю>=ju [аоуэыиеёюяьъ]<я>=ja ж=ʐ ш=ʂ щ=ɕː ч=tɕ ц=ts й=j ь= ъ= б>$=p
в>$=f г>$=k д>$=t ж>$=ʂ з>$=s ого>$=ovo его>$=jɛvo
"""
_ROMAN = """
a=a b=b v=v g=ɡ d=d e=ɛ yo=jo zh=ʐ z=z i=i y=ɨ y>[aeou]=j [aeiou]<y>=j k=k l=ɫ m=m n=n o=o p=p r=r s=s
t=t u=u f=f kh=x h=x ts=ts c=ts ch=tɕ sh=ʂ shch=ɕː yu=ju ya=ja j=j '= w=v q=k x=ks
"""


def _consonants() -> str:
    """Plain before hard vowels, palatalised before soft ones; ɫ is l when soft."""
    rules = []
    for pair in _PAIRED.split():
        letter, sound = pair[0], pair[1]
        rules.append(f"{letter}={sound} {letter}>{_SOFT}={sound.replace('ɫ', 'l')}ʲ")
    return " ".join(rules)


RUSSIAN = enter(
    Language(
        name="ru",
        english_name="Russian",
        onsets="-*3 n*4 t*4 k*4 p*5 s*5 v*4 m*3 d*3 ɫ*2 r*3 b*2 z*2 ɡ*2 x f ʂ*2 ʐ*2 tɕ*2 ts j*3 ɕː "
        "nʲ*4 tʲ*3 dʲ*3 vʲ*2 mʲ*2 lʲ*3 rʲ*2 sʲ*2 bʲ pʲ pr*2 st*3 tr kr ɡr sk sp vz zn sn kn str vr",
        nuclei="a*6 o*5 ɛ*5 i*5 u*4 ɨ*3",
        reduced="ə*4 ɐ*4 ɪ*5 ʊ ɨ",
        codas="-*8 t*3 j*3 m*3 n*2 x ɫ*2 lʲ tʲ*2 s*2 k*2 f r ʂ st p sʲ",
        codas_within="-*12 s r ɫ n k t f",
        syllable_counts=(3, 4, 4, 2),
        stress="free",
        accent=1.0,
        continuation=4.0,
        rules=_CYRILLIC + _consonants() + _ROMAN,
        words={
            "и": "i", "в": "v", "не": "nʲɪ", "на": "nə", "я": "ja", "что": "ʂto", "он": "on", "с": "s",
            "по": "pə",
            "а": "a", "но": "no", "она": "ɐˈna", "как": "kak", "это": "ˈɛtə", "за": "zə", "к": "k",
            "у": "u",
            "один": "ɐˈdʲin", "три": "ˈtrʲi", "четыре": "tɕɪˈtɨrʲɪ", "семь": "ˈsʲɛmʲ",
            "восемь": "ˈvosʲɪmʲ",
        },
        digits=("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"),
    )
)  # fmt: skip

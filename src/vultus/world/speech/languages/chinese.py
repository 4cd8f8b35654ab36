"""Mandarin Chinese, written in Hanyu Pinyin with tone marks or digits."""
# ruff: noqa: RUF001 - IPA letters look like others

from vultus.world.speech.languages.language import Language, enter

_RULES = """
b=p p=pʰ m=m f=f d=t t=tʰ n=n l=l g=k k=kʰ h=x j=tɕ q=tɕʰ x=ɕ zh=tʂ ch=tʂʰ sh=ʂ r=ɻ z=ts c=tsʰ s=s w=w
y=j a=a o=o e=ɤ i=i u=u ü=y v=y ai=aɪ ei=eɪ ao=aʊ ou=oʊ an=an en=ən ang=aŋ eng=əŋ ong=ʊŋ er=ɐɻ ia=ja
ie=jɛ iao=jaʊ iu=joʊ ian=jɛn in=in iang=jaŋ ing=iŋ iong=jʊŋ ua=wa uo=wo uai=waɪ ui=weɪ uan=wan un=wən
uang=waŋ üe=ɥɛ üan=ɥɛn ün=yn zh<i>=ʅ ch<i>=ʅ sh<i>=ʅ r<i>=ʅ [zcs]<i>=ɿ [jqxy]<u>=y [jqxy]<uan>=ɥɛn
[jqxy]<un>=yn y<i>=i y<in>=in y<ing>=iŋ ^<yi>=i ^<yu>=y ^<wu>=u ng=ŋ [aeiouü]<r>$=ɻ
"""
_RULES += "ue=ɥɛ [jqxy]<ue>=ɥɛ"  # codespell:ignore ue

CHINESE = enter(
    Language(
        name="zh",
        english_name="Mandarin Chinese",
        onsets="-*3 t*6 ʂ*5 tɕ*5 l*4 x*4 p*3 j*5 w*3 m*3 k*4 ɕ*4 tʂ*4 n*3 tʰ*3 kʰ*2 f*2 tɕʰ*3 ts*2 pʰ "
        "tʂʰ*2 s*2 ɻ*2 tsʰ tj lj ɕj tɕj kw xw ʂw tw",
        nuclei="a*5 i*5 u*4 ɤ*4 aɪ*3 eɪ*2 aʊ*3 oʊ*3 ə*3 o*2 ɛ*2 y*2 ʊ*2",
        codas="-*8 n*5 ŋ*4",
        syllable_counts=(4, 6, 1),
        stress="none",
        timing="syllable",
        pace=0.9,
        tones=("55", "35", "214", "51"),
        accent=0.5,
        continuation=1.0,
        question=3.0,
        rules=_RULES,
        digits=("líng", "yī", "èr", "sān", "sì", "wǔ", "liù", "qī", "bā", "jiǔ"),
    )
)

"""English, rhotic."""
# ruff: noqa: RUF001 - IPA letters look like others

from vultus.world.speech.languages.language import Language, enter

_RULES = """
a=æ a>r=ɑ a>[^aeiouwyr]e$=eɪ a>[^aeiouwyr]e[sd]$=eɪ a>[^aeiouwyr]ing=eɪ ^.+<a>$=ə ai=eɪ ay=eɪ au=ɔ aw=ɔ
al>[kl]=ɔl alk=ɔk air=ɛɹ are>$=ɛɹ a>nge=eɪ w<a>[tns]=ɑ w<ar>=ɔɹ qu<a>=ɑ a>ste=eɪ a>ble=eɪ a>tion=eɪ b=b
bb=b m<b>$= c=k c>[eiy]=s cc=k ch=tʃ ck=k ^<chr>=kɹ sch=sk ci>a=ʃ d=d dd=d dge=dʒ ed>$=d [td]<ed>$=ɪd
[pkfsx]<ed>$=t sh<ed>$=t e=ɛ ee=i ea=i ea>[dl]=ɛ ear=ɪɹ eer=ɪɹ er=ɜɹ ^.*[aeiouy].*<er>$=əɹ ei=eɪ eigh=eɪ
ey>$=i eu=ju ew=u ere>$=ɪɹ e>$= ^[^aeiouy]+<e>$=i e>[^aeiouwxyr]e$=i [szxc]<es>$=ɪz ch<es>$=ɪz sh<es>$=ɪz
es>$=z [^aeiou]<ely>$=li ement>$=mənt ^<e>[vql][aeiou]=ɪ f=f ff=f g=ɡ gg=ɡ g>[eiy]=dʒ ^<gi>[vf]=ɡɪ
^<ge>t=ɡɛ ^<gi>r=ɡɜ gh= ^<gh>=ɡ ou<gh>$= au<gh>$=f gn>$=n ^<gn>=n h=h ^[^aeiou]*[aeiou].*<h>$= i=ɪ
i>[^aeiouwyr]e$=aɪ i>[^aeiouwyr]e[sd]$=aɪ i>[^aeiouwyr]ing=aɪ ie>$=aɪ ie=i igh=aɪ ir=ɜɹ i>nd$=aɪ i>ld$=aɪ
ign>$=aɪn ire>$=aɪəɹ ^<i>$=aɪ i>o=i i>a=i ia>l=ə ious=iəs j=dʒ k=k kn=kn ^<kn>=n l=l ll=l
[^aeiou]<le>$=əl [^aeiou]<les>$=əlz m=m mm=m n=n nn=n ng=ŋ ng>[lr]=ŋɡ ng>e=ndʒ n>k=ŋ n>[cx]=ŋ o=ɑ
o>[^aeiouwyr]e$=oʊ o>[^aeiouwyr]e[sd]$=oʊ o>$=oʊ o>l[dtl]=oʊ oa=oʊ oe>$=oʊ oi=ɔɪ oy=ɔɪ oo=u oo>[kd]=ʊ
oor=ɔɹ or=ɔɹ ou=aʊ ou>ld=ʊ l<d>$=d ow=aʊ (?:l|kn|sn|sh|gr|thr|d|rr|m)<ow>$=oʊ
(?:bl|kn|sh|gr|thr)<ow>n$=oʊ our=aʊəɹ oul>d=ʊ ough>t=ɔ ough=oʊ ous>$=əs o>st$=oʊ w<or>=ɜɹ o>tion=oʊ
o>th=ɑ p=p pp=p ph=f ^<ps>=s qu=kw que>$=k r=ɹ rr=ɹ ^<wr>=ɹ rh=ɹ s=s ss=s [aeiou]<s>[aeiou]=z
[bdglmnrvw]<s>$=z [aeiouy]<s>$=z sh=ʃ sc>[ei]=s sion>$=ʒən ssion=ʃən sure>$=ʒəɹ us<s>$=s is<s>$=s
[^s]<se>$=z [nlr]<se>$=s t=t tt=t tch=tʃ th=θ ^<th>[eaio][^nrc]=ð [aeiou]<th>er=ð the>$=ð tion=ʃən
tial=ʃəl st>le=s st>en$=s u=ʌ u>[^aeiouwyr]e$=u u>[^aeiouwyr]e[sd]$=u ur=ɜɹ ui=u ^<u>[ns][aeiou]=ju
u>ll=ʊ u>sh=ʊ u>tion=u q<u>=w v=v w=w wh=w ^<who>=hu x=ks ^<x>=z ^<ex>[aeiou]=ɪɡz y=i ^<y>=j
^[^aeiouy]+<y>$=aɪ y>[^aeiouwyr]e$=aɪ [^aeiou]<y>[^aeiou]=ɪ z=z zz=z '=
"""
_RULES += "ore=ɔɹ ture=tʃəɹ ure=jʊɹ ue=u"  # codespell:ignore ore,ture,ure,ue

_WORDS = {
    "the": "ðə", "a": "ə", "an": "ən", "of": "əv", "to": "tə", "and": "ənd", "in": "ɪn", "is": "ɪz",
    "it": "ɪt",
    "was": "wəz", "that": "ðæt", "for": "fɔɹ", "on": "ɑn", "are": "ɑɹ", "as": "æz", "with": "wɪð",
    "his": "hɪz",
    "they": "ðeɪ", "at": "æt", "be": "bi", "this": "ðɪs", "from": "fɹəm", "have": "hæv", "or": "ɔɹ",
    "by": "baɪ",
    "but": "bət", "were": "wɜɹ", "we": "wi", "there": "ðɛɹ", "can": "kæn", "your": "jɔɹ", "their": "ðɛɹ",
    "if": "ɪf", "will": "wɪl", "do": "du", "you": "ju", "he": "hi", "she": "ʃi", "me": "mi", "my": "maɪ",
    "has": "hæz", "had": "hæd", "would": "wʊd", "could": "kʊd", "should": "ʃʊd", "been": "bɪn",
    "into": "ɪntu",
    "so": "soʊ", "no": "ˈnoʊ", "one": "ˈwʌn", "two": "ˈtu", "some": "sʌm", "said": "ˈsɛd", "what": "ˈwʌt",
    "who": "ˈhu", "all": "ˈɔl", "any": "ˈɛni", "many": "ˈmɛni", "people": "ˈpipəl", "other": "ˈʌðəɹ",
    "water": "ˈwɔtəɹ", "about": "əˈbaʊt", "again": "əˈɡɛn", "because": "bɪˈkɔz", "before": "bɪˈfɔɹ",
    "does": "ˈdʌz", "done": "ˈdʌn", "come": "ˈkʌm", "give": "ˈɡɪv", "live": "ˈlɪv", "love": "ˈlʌv",
    "once": "ˈwʌns",
    "only": "ˈoʊnli", "woman": "ˈwʊmən", "women": "ˈwɪmən", "world": "ˈwɜɹld", "work": "ˈwɜɹk",
    "word": "ˈwɜɹd",
    "eye": "ˈaɪ", "head": "ˈhɛd", "heart": "ˈhɑɹt", "hear": "ˈhɪɹ", "great": "ˈɡɹeɪt", "good": "ˈɡʊd",
    "through": "θɹu", "though": "ðoʊ", "these": "ˈðiz", "those": "ˈðoʊz", "very": "ˈvɛɹi",
    "every": "ˈɛvɹi",
    "hello": "hɛˈloʊ", "today": "təˈdeɪ", "hour": "ˈaʊɹ", "friend": "ˈfɹɛnd", "young": "ˈjʌŋ",
    "put": "ˈpʊt",
    "nothing": "ˈnʌθɪŋ", "mother": "ˈmʌðəɹ", "brother": "ˈbɹʌðəɹ", "says": "ˈsɛz", "where": "ˈwɛɹ",
    "here": "ˈhɪɹ",
    "four": "ˈfɔɹ", "eight": "ˈeɪt", "seven": "ˈsɛvən", "zero": "ˈzɪɹoʊ", "quiet": "ˈkwaɪət", "our": "aʊɹ",
    "loves": "ˈlʌvz", "gives": "ˈɡɪvz", "comes": "ˈkʌmz", "eyes": "ˈaɪz", "own": "ˈoʊn", "allow": "əˈlaʊ",
    "coming": "ˈkʌmɪŋ", "something": "ˈsʌmθɪŋ",
    "over": "ˈoʊvəɹ", "open": "ˈoʊpən", "i've": "aɪv", "i'm": "aɪm", "machine": "məˈʃin",
}  # fmt: skip

ENGLISH = enter(
    Language(
        name="en",
        english_name="English",
        onsets="-*3 t*5 s*5 d*4 w*3 k*4 m*4 n*3 l*4 ɹ*4 b*4 p*3 f*3 h*3 ð*2 v*2 j ɡ*2 ʃ*2 tʃ dʒ θ z "
        "st*2 pɹ*2 tɹ*2 kɹ fɹ ɡɹ bɹ pl kl fl bl sl sp sk stɹ kw sw tw θɹ sm sn",
        nuclei="ɪ*4 ɛ*4 æ*4 ʌ*3 ɑ*3 i*4 eɪ*4 aɪ*4 oʊ*4 u*3 aʊ ɔ*2 ʊ ɔɪ ɜ*2",
        reduced="ə*6 ɪ*3 i*2 oʊ ɐ",
        codas="-*7 n*6 t*5 z*4 d*4 l*4 ɹ*5 s*3 k*3 m*3 p*2 ŋ*2 v*2 f ʃ θ tʃ nd*2 st*2 nt*2 "
        "ɹd ɹt ld ks ts ft mp",
        codas_within="-*10 n*3 l*2 ɹ*2 s m k",
        syllable_counts=(5, 4, 2, 1),
        aspirated=True,
        stress="free",
        rules=_RULES,
        words=_WORDS,
        digits=("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    )
)

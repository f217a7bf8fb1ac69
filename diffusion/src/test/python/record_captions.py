"""Records what diffusers' DeepFloyd IF pipeline makes of captions, cleaned and not.

Usage: python record_captions.py FOLDER
"""

import json
import pathlib
import sys

from diffusers import IFPipeline

CAPTIONS = [
    "A photo of a Kangaroo wearing an Orange hoodie",
    "  Two spaces at the ends, and CAPITALS  ",
    "a lighthouse at night https://www.example.com/images/1234?size=large and the sea",
    "see www.shop.example.co/red-shoes/ for red shoes, or shop.org",
    "write to someone@example.com about it",
    "Ein Brot für 3,50 € und ein Café",
    "<p>A <b>bold</b> claim &amp; a <a href=\"http://a.com/x\">link</a></p>",
    "a < b and c > d, i <3 you",
    "before<script>alert('x &amp; y')</script>after<!-- not seen -->, <br/>next",
    "a finished <b>tag</b> and <i>another</i>",
    "caf&eacute; &copy 2020 &#8364;5 &#x41;bc &hellip; &quot;quoted&quot;",
    "Tom &amp;amp; Jerry & friends &amp; co",
    "@nickname says hello to @other_one!",
    "漢字 kanji かな kana 中文",
    "range 10–20 — long dash, hy‐phen, minus −5, wave〜",
    "“curled” ‘quotes’ «guillemets» `backticks` ´acute´",
    "server at 192.168.100.1 is down",
    "The match ended 12:30   ",
    "first line\\nsecond line",
    "a real\nline break\tand a tab",
    "item #123 and #12345 and #1234, order 1234567 and 12345",
    "holiday_photo_final.JPG of a beach, report.pdf",
    "\"\"\"AUSVERKAUFT\"\"\" ... ***AUSVERKAUFT***, #AUSVERKAUFT",
    "one . two . three.four",
    "this-is-my-cute-cat sleeping",
    "this_is_my_cute_cat sleeping",
    "well-known state-of-the art",
    "ＬＯＵＤ　ＮＯＩＳＥＳ and ﬁne ﬂowers",
    "â€œbroken quotesâ€œ and an itâ€™s",
    "free worldwide shipping on free download free of shoes",
    "Click for details, click on this picture of a png image",
    "jc6640 jc6640vc 6640vc231 j2d1a2a on page 12",
    "a rug 120x80 cm and 3.5×4.2 m, 2 x 4",
    "colon : spaced ,no space after,comma/slash./dot",
    "'quoted whole'",
    "-leading dash and trailing+",
    ".hidden",
    "50%25 off%21 red+shoes %C3%A9t%C3%A9 100% sure %zz",
    "a cat\u0000with\u001b[31m red\u001b[0m controls\ufeff and soft\u00adhyphen",
    "cafe\u0301 composed, naïve façade, ½ cup, x² + y³",
    "Straße İstanbul ΟΔΟΣ ǅ",
    "emoji 🐱‍👤 with a 👍🏽 and ❤️",
    "ｶﾀｶﾅ and हिन्दी शब्द and עברית",
    "&lt;b&gt;not bold&lt;/b&gt; &amp;lt;i&amp;gt;",
    "<person> and <lora:style:0.8> next to &#foo; and &#39;it&#39;",
    "",
    " ... ",
    "a very plain caption of a red circle above a blue square",
]


def main():
    pipeline = object.__new__(IFPipeline)
    recorded = [
        dict(
            caption=each,
            plain=IFPipeline._text_preprocessing(pipeline, each, clean_caption=False)[0],
            clean=IFPipeline._text_preprocessing(pipeline, each, clean_caption=True)[0],
        )
        for each in CAPTIONS
    ]
    path = pathlib.Path(sys.argv[1]) / "captions.json"
    path.write_text(json.dumps(recorded, ensure_ascii=True, indent=1) + "\n")


if __name__ == "__main__":
    main()

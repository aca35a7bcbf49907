"""Browser descriptions in, which of them are machines out."""

from __future__ import annotations

import polars as pl

MACHINES = (
    # says so itself
    r"bot\b|bot[/;,_\-) ]|^bot|crawl|spider|scrap|slurp|fetcher|robot|archiver|validator|indexer",
    # gives an address to complain to
    r"\+https?:|[\w.\-]+@[\w\-]+\.[\w.]+|; https?:",
    # search engines and previews whose name does not
    r"mediapartners-google|google-read-aloud|google-inspectiontool|googleother|apis-google",
    r"feedfetcher|bingpreview|yandex(?:images|metrika|webmaster|video|direct)|baidu\.com",
    r"facebookexternalhit|facebookcatalog|meta-externalagent|whatsapp/|skypeuripreview",
    r"embedly|quora link preview|outbrain|flipboardproxy|nuzzel|vkshare|w3c_|ia_archiver",
    # AI readers
    r"chatgpt-user|oai-searchbot|anthropic-ai|claude-web|claude-user|perplexity-user|cohere-ai",
    # feed readers
    r"feedly|feedburner|netvibes|newsblur|inoreader|tiny tiny rss|universalfeedparser|simplepie",
    r"feed-?parser|rss ?reader|bloglines|magpierss|liferea|feedbin",
    r"commafeed|theoldreader|\d+ (?:subscribers?|readers?)",
    # monitors
    r"pingdom|uptimerobot|statuscake|site24x7|newrelicpinger|datadog|catchpoint|gtmetrix",
    r"chrome-lighthouse|pagespeed|ptst/|dareboost|zabbix|nagios|check_http|monitis|keycdn",
    r"elb-healthchecker|googlehc|kube-probe|prometheus|alertsite|better uptime|hetrixtools",
    # browsers without a person
    r"headless|phantomjs|slimerjs|selenium|puppeteer|playwright|cypress|electron-fetch|htmlunit",
    # libraries
    r"^(?:java|ruby|perl|php|python|curl|wget|lua|go|dart|node|axios|got|okhttp)(?:[/ \-]|$)",
    r"libwww-perl|lwp::|lwp-|python-requests|python-urllib|python-httpx|aiohttp|scrapy|mechanize",
    r"go-http-client|apache-httpclient|jakarta commons|httpunit|guzzlehttp|node-fetch|undici",
    r"rest-client|restsharp|winhttp|postmanruntime|insomnia/|httpie|typhoeus|faraday|httrack",
    r"libcurl|libfetch|pycurl|http_request|indy library|nutch|heritrix|larbin",
    r"teleport|webcopier|offline explorer|sitesucker",
    r"xenu link|chef client|portscout",
    # scanners
    r"nikto|sqlmap|nmap|masscan|zgrab|nessus|acunetix|netsparker|wpscan|dirbuster|censys|shodan",
    r"zmeu|morfeus|jorgee|nuclei|expanse",
)
"""Case-insensitive regular expressions; each line is one kind of machine. After the open list
crawler-user-agents and what the public access logs of the tests hold. Add the new ones here."""

_MACHINE = "(?i)" + "|".join(MACHINES)


def is_bot(user_agent: pl.Series) -> pl.Series:
    """Return which of the user agents are crawlers, monitors, libraries or scanners.

    An absent user agent is not a *known* machine: false.
    """
    # a day of traffic has thousands of distinct agents for millions of hits
    known = user_agent.unique().drop_nulls()
    # Cubot makes telephones
    machines = known.filter(known.str.replace_all("(?i)cubot", "").str.contains(_MACHINE))
    return user_agent.is_in(machines.implode()).fill_null(False).alias("is_bot")

/* SPDX-License-Identifier: Apache-2.0 */
/* Measures how often random_name errs: on shops, companies and their abbreviations as they are
 * written in Latin letters in Japan, and on names that are drawn by lot. */
#include <stdio.h>

#include "base/test.h"
#include "probe/detect/random_name.h"

enum { DRAWS = 2000, LONGEST = 20 };

static const char honest[] =
	"minatosuisan kitakamikensetsu iwatetetsu morioka-shinkin hanamakionsen tonoryokan "
	"ofunatogyokyo rikuzentakata kamaishiseitetsu miyakosuisan ichinosekimochi oshunanbu "
	"hachimantai-kogen ninohe-lacquer kujiamber sanrikukaigan yamadashoten satoshoji "
	"suzukikogyo takahashiseisaku tanakashokai watanabekensetsu itodenki yamamotoshika "
	"nakamurashoyu kobayashisekkei katofudosan yoshidajimusho sasakikojima yamaguchiiin "
	"matsumotokaikei inoueclinic kimurahoikuen hayashiseika shimizuya yamazakipan "
	"moriokareimen wankosoba jajamen nambutekki hiraizumichusonji geibikei ryusendo "
	"jodogahama goishikaigan nttdocomo nttdata-tohoku jreast jrkyushu kddi-web softbankhd "
	"tepco tohoku-epco mufgbk smbcnikko smtb-jp mizuhobk bk-mufg sbishinsei shinkinbank "
	"jabank-iwate jalcorp anahd mhlw-grants nhk-ondemand tbs-tv tvasahi ntv fujitv txbiz "
	"rkbmainichi hbcradio stvradio ibcsports mitsuitokyo hrktrading fkcorporation tkcnf tdnet "
	"tkskts shzgroup mtglobal kksmfg nskbearings ntnglobal thkmotion smcworld ckdpneumatic "
	"fanuc yrcorp dnpgroup toppan-f kyosho-tm kwskmotors ymhmusic hndmotor tytauto sbrcars "
	"mzdcars ishzk sknmtg mrtsyouten hrnkdental ktmrdental tkhshikai kgshmcci chbgnkin "
	"skgkikai nkmrtekko fjtsu-fsas hitachi-hb ytrd-shop shchkkai kyktsushin grphics-jp "
	"prtlntech strngth-gym smrtphn-repair brdgestone-shop fntsysoft xpress-kyoto xlsoft "
	"qbhouse qxbroadband vvstore tsutaya-tsite dmmgames fc2web jugem hatenablog livedoor "
	"nifty biglobe soneti ocn plala www3nhk matsuyafoods sukiya-zensho yoshinoya-hd mosburger "
	"kfc-jp mcdonalds-jp tullys doutor komeda sushiro kurasushi hamazushi nitori-net yamada- "
	"denki bicqlo edion ksdenki nojima-online joshin-web kojimanet yodobashi lohaco askul "
	"monotaro misumi-vona trusco-net chugokuden kyuden hokuden okiden rikuden yonden "
	"kansaidenryoku tokyogas osakagas tohogas saibugas hokkaidogas pref-iwate city-morioka "
	"town-shiwa vill-tanohata metro-tokyo kyoikuiinkai shokokai jcci tkcjapan mykomon freee "
	"moneyforward yayoikk obcnet pca-soft mjsjapan ptchwrk gmopg gmobb sakuravps xserver "
	"lolipop heteml conoha kagoya muumuu onamae valuedomain tsunagaru kkrhotels rkfm hbfm "
	"dhcjapan fancl shiseido kosecosme polaorbis noevir ssbkk skkkk tkkkk mkkkkogyo nbckkk "
	"hsbckkjp jsdf-mil rjcresearch hpplus ptjp shnjk-clinic skshn gnzastyle shbyclinic "
	"ykhmbay ngycastle fkokrmn sndai-gyutan hkkidmilk trsgunma nrtairport kixairport cntrair ";

static void honest_names_are_left_alone(void **state)
{
	(void)state;
	struct thresholds t;
	struct str rest = STR(honest), name;
	int n = 0, wrong = 0;
	thresholds_init(&t);
	rest.n -= rest.n > 0; /* the last space ends the list */
	for (; str_cut(&rest, ' ', &name); n++) {
		char domain[64];
		(void)snprintf(domain, sizeof(domain), "%.*s.example", (int)name.n, name.p);
		if (!name_is_random(str_of(domain), &t))
			continue;
		wrong++;
		print_message("taken for drawn: %s\n", domain);
	}
	print_message("%d of %d honest names taken for drawn\n", wrong, n);
	assert_true(n >= 200 && wrong * 100 <= n); /* one in a hundred */
}

/* In percent, of names with N letters. */
static int seen(const struct thresholds *t, size_t n, uint64_t *seed)
{
	int found = 0;

	for (int i = 0; i < DRAWS; i++) {
		char name[LONGEST + 1];
		for (size_t k = 0; k < n; k++) {
			*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
			name[k] = (char)('a' + (*seed >> 33) % 26);
		}
		found += name_is_random((struct str){ name, n }, t);
	}
	print_message("%d %% of names drawn with %zu letters\n", found * 100 / DRAWS, n);
	return found * 100 / DRAWS;
}

static void drawn_names_are_seen(void **state)
{
	(void)state;
	struct thresholds t;
	uint64_t seed = 1;
	thresholds_init(&t);
	assert_true(seen(&t, 8, &seed) >= 30);
	assert_true(seen(&t, 12, &seed) >= 65);
	assert_true(seen(&t, 16, &seed) >= 75);
	assert_true(seen(&t, 20, &seed) >= 80);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(honest_names_are_left_alone),
		cmocka_unit_test(drawn_names_are_seen),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}

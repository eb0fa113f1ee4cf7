# SPDX-License-Identifier: Apache-2.0
"""Two fictional companies, as a member list."""
import csv

MINATO = "株式会社みなと製作所"
KITAKAMI = "北上精密工業株式会社"
HEAD = ["会社名", "フリガナ", "会員番号", "都道府県", "市区町村", "電話番号", "業種", "従業員数", "担当者名",
        "担当者フリガナ", "担当者電話", "担当者メール", "担当者連絡方法", "担当者連絡時間"]
ROWS = [
    [MINATO, "カブシキガイシャミナトセイサクショ", "M-0001", "岩手県", "釜石市", "019-000-0101", "製造業", "25",
     "湊 浩一", "ミナト コウイチ", "019-000-0102", "minato@minato.example", "メール", ""],
    [KITAKAMI, "キタカミセイミツコウギョウカブシキガイシャ", "M-0003", "岩手県", "北上市", "019-000-0120", "製造業", "94",
     "高橋 誠", "タカハシ マコト", "019-000-0121", "joho@kitakami-seimitsu.example", "メール", ""],
]


def companies_csv(path, rows=None, head=None, charset="utf-8"):
    with open(path, "w", encoding=charset, newline="") as f:
        out = csv.writer(f)
        out.writerow(head or HEAD)
        out.writerows(rows or ROWS)
    return path

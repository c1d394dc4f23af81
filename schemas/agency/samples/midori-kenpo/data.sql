-- SPDX-License-Identifier: Apache-2.0
-- Members of みどり健康保険組合 who do not exist: hanako with both children as
-- dependants, kenji, sakura. Loaded by load.sh after tables.sql.

INSERT INTO tekiyo.kanyusha (kanyu_id, hihoken_id, kubun, shimei, shutoku_bi, soshitsu_bi, koshin) VALUES
	('KP7F3A19', 'KP7F3A19', 'H', '朧月　花子', '2016-04-01', NULL, '2016-04-10 13:00:00'),
	('KP7F3A19D1', 'KP7F3A19', 'F', '朧月　太郎', '2022-05-14', NULL, '2022-05-23 13:00:00'),
	('KP7F3A19D2', 'KP7F3A19', 'F', '朧月　芽衣', '2025-02-20', NULL, '2025-03-01 13:00:00'),
	('KP20C4E8', 'KP20C4E8', 'H', '𠮷祥院　健司', '2012-10-01', NULL, '2012-10-10 13:00:00'),
	('KP9B61D2', 'KP9B61D2', 'H', '薄墨　さくら', '2023-04-03', NULL, '2023-04-12 13:00:00');

INSERT INTO tekiyo.futan (kanyu_id, kara_ym, made_ym, warai, kubun) VALUES
	('KP7F3A19', '201604', '999912', 3, 'ウ'),
	('KP7F3A19D1', '202205', '202903', 2, 'ウ'),
	('KP7F3A19D2', '202502', '203103', 2, 'ウ'),
	('KP20C4E8', '201210', '999912', 3, 'ウ'),
	('KP9B61D2', '202304', '999912', 3, 'エ');

INSERT INTO kyufu.rezept (kanyu_id, shinryo_ym, seikyu_ym, tensu, nissu, ichibu_futan, kikan_mei, kettei_bi) VALUES
	('KP7F3A19', '202411', '202412', 612, 1, 1840, '狐火内科小児科医院', '2025-01-24'),
	('KP7F3A19', '202509', '202510', 487, 1, 1460, '狐火内科小児科医院', '2025-11-24'),
	('KP7F3A19', '202602', '202603', 1034, 2, 3100, '狐火内科小児科医院', '2026-04-24'),
	('KP7F3A19', '202608', '202609', 455, 1, 1370, '狐火内科小児科医院', '2026-10-24'),
	('KP7F3A19D1', '202311', '202312', 398, 1, 800, '玉響こどもクリニック', '2024-01-24'),
	('KP7F3A19D1', '202402', '202403', 742, 2, 1480, '玉響こどもクリニック', '2024-04-24'),
	('KP7F3A19D1', '202506', '202507', 521, 1, 1040, '狐火内科小児科医院', '2025-08-24'),
	('KP7F3A19D1', '202512', '202601', 880, 2, 1760, '狐火内科小児科医院', '2026-02-24'),
	('KP7F3A19D1', '202607', '202608', 436, 1, 870, '狐火内科小児科医院', '2026-09-24'),
	('KP7F3A19D2', '202507', '202508', 367, 1, 730, '狐火内科小児科医院', '2025-09-24'),
	('KP7F3A19D2', '202601', '202602', 1290, 3, 2580, '狐火内科小児科医院', '2026-03-24'),
	('KP7F3A19D2', '202609', '202610', 502, 1, 1000, '狐火内科小児科医院', '2026-11-24'),
	('KP20C4E8', '202505', '202506', 733, 1, 2200, '不知火整形外科病院', '2025-07-24'),
	('KP20C4E8', '202602', '202603', 2418, 3, 7250, '不知火整形外科病院', '2026-04-24'),
	('KP20C4E8', '202603', '202604', 82000, 12, 246000, '不知火整形外科病院', '2026-05-24'),
	('KP20C4E8', '202604', '202605', 1866, 4, 5600, '不知火整形外科病院', '2026-06-24'),
	('KP20C4E8', '202605', '202606', 1207, 3, 3620, '不知火整形外科病院', '2026-07-24'),
	('KP20C4E8', '202609', '202610', 618, 1, 1850, '不知火整形外科病院', '2026-11-24'),
	('KP9B61D2', '202510', '202511', 540, 1, 1620, '蜃気楼クリニック', '2025-12-24'),
	('KP9B61D2', '202604', '202605', 1122, 2, 3370, '蜃気楼クリニック', '2026-06-24'),
	('KP9B61D2', '202608', '202609', 389, 1, 1170, '蜃気楼クリニック', '2026-10-24');

INSERT INTO kyufu.genkin (kanyu_id, shubetsu, shinryo_ym, kikan_kara, kikan_made, nissu, kingaku, kettei_bi, shiharai_bi) VALUES
	('KP7F3A19', '32', NULL, NULL, NULL, NULL, 500000, '2025-04-10', '2025-04-28'),
	('KP7F3A19', '31', NULL, '2025-01-10', '2025-04-17', 98, 893074, '2025-05-20', '2025-05-30'),
	('KP20C4E8', '11', '202603', NULL, NULL, NULL, 160370, '2026-06-24', '2026-06-30'),
	('KP20C4E8', '21', NULL, '2026-03-02', '2026-03-27', 23, 224871, '2026-04-28', '2026-05-11');

-- The premium runs on month by month: 4.6 % of the standard pay, from the month of
-- qualification (2021-04 at the earliest) to the end of 2027; hanako's is waived
-- while she is on leave.
INSERT INTO choshu.hokenryo (kanyu_id, nengetsu, hokenryo, menjo)
SELECT p.id, to_char(m, 'YYYYMM'), p.monthly,
	CASE WHEN p.id = 'KP7F3A19' AND m >= date '2025-01-01' AND m < date '2026-04-01' THEN p.monthly ELSE 0 END
FROM (VALUES ('KP7F3A19', 18860, date '2021-04-01'), ('KP20C4E8', 20240, date '2021-04-01'),
	('KP9B61D2', 11040, date '2023-04-01')) AS p(id, monthly, first),
	generate_series(p.first, date '2027-12-01', interval '1 month') AS m;

# SPDX-License-Identifier: Apache-2.0
# The awk half of scripts/pagegen, which says what it accepts and makes.
# Variables: prefix (of the two files written), css (the style sheet as sent),
# hash (of it). Arguments: templates and texts. Runs under any POSIX awk.

function fault(where, what) {
	print "pagegen: " where ": " what > "/dev/stderr"
	faults++
}

function name_of(file) {
	sub(/^.*\//, "", file)
	sub(/\.html$/, "", file)
	return file
}

# ---- texts ----------------------------------------------------------------

function load_text(file, lang,    line, n, key, value, at) {
	while ((getline line < file) > 0) {
		n++
		if (line ~ /^[ \t]*(#|$)/)
			continue
		at = index(line, " = ")
		key = substr(line, 1, at - 1)
		value = substr(line, at + 3)
		if (!at || key !~ /^[a-z][a-z0-9_]*$/) {
			fault(file ":" n, "not `key = text`")
			continue
		}
		if ((lang, key) in text)
			fault(file ":" n, "key " key " stands already at " where[lang, key])
		if (!(key in known)) {
			known[key] = 1
			keys[++key_count] = key
		}
		text[lang, key] = value
		where[lang, key] = file ":" n
	}
	close(file)
}

function sort_keys(    i, j, k) {
	for (i = 2; i <= key_count; i++) {
		k = keys[i]
		for (j = i - 1; j >= 1 && keys[j] > k; j--)
			keys[j + 1] = keys[j]
		keys[j + 1] = k
	}
	for (i = 1; i <= key_count; i++)
		number[keys[i]] = i - 1
}

# ---- ops ------------------------------------------------------------------

function emit(kind, place, a, b, c) {
	if (kind == "LITERAL" && ops > fence && op_kind[ops - 1] == "LITERAL") {
		op_text[ops - 1] = op_text[ops - 1] a
		return ops - 1
	}
	op_kind[ops] = kind
	op_place[ops] = place
	op_text[ops] = a
	op_name[ops] = b
	op_suffix[ops] = c
	op_jump[ops] = 0
	return ops++
}

# A literal must not grow over the edge of a section.
function close_run() {
	fence = ops
}

# ---- the place in the HTML -------------------------------------------------

function place(where_,    a) {
	if (state == "text")
		return "TEXT"
	if (state == "rcdata")
		return "PLAIN"
	if (state == "attr") {
		a = tolower(attr)
		if (a ~ /^(href|src|action|formaction|cite)$/)
			return attr_empty ? "URL" : "URL_PART"
		return "PLAIN"
	}
	fault(where_, "a hole in a tag, outside a quoted value")
	return "PLAIN"
}

function end_of_tag(where_,    t) {
	t = tolower(tag)
	if (t == "script" || t == "style")
		fault(where_, "<" t "> is forbidden by the pages' policy")
	state = (t == "title" || t == "textarea") ? "rcdata" : "text"
}

function check_attr(where_,    a) {
	a = tolower(attr)
	if (a == "style" || a ~ /^on/)
		fault(where_, "attribute " a " is forbidden by the pages' policy")
}

# One character of the template's own HTML.
function html(c, rest, where_) {
	if (state == "text" || state == "rcdata") {
		if (c == "<" && (state == "text" || rest ~ /^\//)) {
			state = "tag"
			tag = attr = ""
			in_name = 1
		} else if ((c ~ /[A-Za-z]/ || c >= "\200") && !told[where_]++)
			fault(where_, "words belong in the text files: " c substr(rest, 1, 20))
	} else if (state == "tag") {
		if (c == ">")
			end_of_tag(where_)
		else if (in_name && c ~ /[A-Za-z0-9\/!-]/)
			tag = tag c
		else if (c == "\"" && attr_open) {
			state = "attr"
			attr_empty = 1
			attr_open = 0
		} else if (attr_open)
			fault(where_, "attribute " attr " without double quotes")
		else if (c == "=") {
			attr_open = 1
			check_attr(where_)
		} else {
			in_name = 0
			attr = c ~ /[ \t\n]/ ? "" : attr c
		}
	} else if (c == "\"") {
		state = "tag"
		attr = ""
	} else {
		attr_empty = 0
		if (attr ~ /^(alt|title|placeholder|aria-label)$/ && c ~ /[A-Za-z]/ && !told[where_]++)
			fault(where_, "words belong in the text files: attribute " attr)
	}
}

function html_run(s, where_,    i) {
	for (i = 1; i <= length(s); i++)
		html(substr(s, i, 1), substr(s, i + 1), where_)
	if (s != "")
		emit("LITERAL", "TEXT", s)
}

# ---- templates --------------------------------------------------------------

function known_text(key, where_) {
	if (!(key in known)) {
		fault(where_, "text " key " is in no text file")
		return 0
	}
	used[key] = 1
	return 1
}

function use_text(key, where_,    b, e, p, other) {
	p = place(where_)
	if ((b = index(key, "|"))) {
		other = substr(key, b + 1)
		key = substr(key, 1, b - 1)
	}
	if (p ~ /^URL/)
		fault(where_, "a text in a URL")
	if ((b = index(key, "{"))) {
		e = index(key, "}")
		by_count++
		by_prefix[by_count] = substr(key, 1, b - 1)
		by_suffix[by_count] = substr(key, e + 1)
		by_where[by_count] = where_
		b = emit("TEXT_BY", p, substr(key, 1, b - 1), substr(key, b + 1, e - b - 1), substr(key, e + 1))
		if (other != "" && known_text(other, where_))
			op_jump[b] = number[other] + 1
	} else if (known_text(key, where_))
		op_jump[emit("TEXT", p, key)] = number[key]
}

function where_in_html() {
	return state == "text" ? state : state "/" tag (state == "attr" ? "/" attr : "")
}

function open_section(kind, name, where_) {
	section[++depth] = name
	section_where[depth] = where_
	section_op[depth] = emit(kind, "TEXT", name)
	section_state[depth] = where_in_html()
	close_run()
	if (depth > 8)
		fault(where_, "more than 8 sections within each other")
}

function close_section(name, floor, where_) {
	if (depth <= floor || section[depth] != name) {
		fault(where_, "{{/" name "}} closes no open section")
		return
	}
	if (section_state[depth] != where_in_html())
		fault(where_, "section " name " leaves a tag or attribute open")
	op_jump[section_op[depth]] = ops
	close_run()
	depth--
}

function mark(m, file, floor, where_) {
	if (m ~ /^[{&]/)
		fault(where_, "a raw hole: {{" m "}}")
	else if (m ~ /^t\.[a-z][a-z0-9_]*(\{[a-z_.]+\}[a-z0-9_]*(\|[a-z0-9_]+)?)?$/)
		use_text(substr(m, 3), where_)
	else if (m ~ /^[#^?][a-z][a-z0-9_.]*$/)
		open_section(section_kind[substr(m, 1, 1)], substr(m, 2), where_)
	else if (m ~ /^\/[a-z][a-z0-9_.]*$/)
		close_section(substr(m, 2), floor, where_)
	else if (m ~ /^>[a-z][a-z0-9_]*$/)
		template(substr(m, 2), where_)
	else if (m ~ /^([a-z][a-z0-9_.]*|\.)$/)
		emit("VALUE", place(where_), m)
	else
		fault(where_, "not understood: {{" m "}}")
	if (state == "attr" && m !~ /^[#^?\/]/)
		attr_empty = 0
}

# One line without its indentation; a line of nothing but sections leaves no
# line end behind.
function template_line(line, file, floor, where_,    b, e, shown) {
	while ((b = index(line, "{{"))) {
		shown += b > 1
		html_run(substr(line, 1, b - 1), where_)
		line = substr(line, b + 2)
		e = line ~ /^t\./ ? match(line, /\}\}($|[^}])/) : index(line, "}}")
		if (!e) {
			fault(where_, "{{ without }}")
			return
		}
		shown += line !~ /^[#^?\/>]/
		mark(substr(line, 1, e - 1), file, floor, where_)
		line = substr(line, e + 2)
	}
	html_run(line, where_)
	if (shown || line != "")
		html_run("\n", where_)
}

function template(name, where_,    file, line, n, floor, comment, b) {
	if (!(name in file_of)) {
		fault(where_, "no template " name)
		return
	}
	if (name in including) {
		fault(where_, "template " name " includes itself")
		return
	}
	including[name] = 1
	file = file_of[name]
	floor = depth
	while ((getline line < file) > 0) {
		n++
		if (comment) {
			if (!(b = index(line, "-->")))
				continue
			line = substr(line, b + 3)
			comment = 0
		}
		if ((b = index(line, "<!--"))) {
			if (index(line, "-->"))
				line = substr(line, 1, b - 1) substr(line, index(line, "-->") + 3)
			else {
				line = substr(line, 1, b - 1)
				comment = 1
			}
		}
		sub(/^[ \t]+/, "", line)
		if (line != "")
			template_line(line, file, floor, file ":" n)
	}
	close(file)
	for (; depth > floor; depth--)
		fault(section_where[depth], "section " section[depth] " is never closed")
	delete including[name]
}

# The templates that others include are parts, not pages.
function find_parts(file,    line, s) {
	while ((getline line < file) > 0)
		while (match(line, /\{\{>[a-z0-9_]+\}\}/)) {
			s = substr(line, RSTART + 3, RLENGTH - 5)
			part[s] = 1
			line = substr(line, RSTART + RLENGTH)
		}
	close(file)
}

# ---- texts become ops -------------------------------------------------------

function escaped(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s)
	gsub(/'/, "\\&#39;", s)
	return s
}

function compile_text(lang, key,    s, b, e, name, holes) {
	close_run()
	run_first[lang, key] = ops
	s = text[lang, key]
	while ((b = index(s, "{"))) {
		e = index(s, "}")
		name = substr(s, b + 1, e - b - 1)
		if (e < b || name !~ /^[a-z][a-z0-9_.]*$/) {
			fault(where[lang, key], "key " key ": a hole is {name}")
			break
		}
		if (b > 1)
			emit("LITERAL", "TEXT", escaped(substr(s, 1, b - 1)))
		emit("VALUE", "INHERIT", name)
		if (index(holes, "{" name "}") == 0)
			holes = holes "{" name "}"
		s = substr(s, e + 1)
	}
	if (s != "")
		emit("LITERAL", "TEXT", escaped(s))
	run_end[lang, key] = ops
	return holes
}

function same_holes(a, b,    i, n, piece) {
	if (length(a) != length(b))
		return 0
	n = split(a, piece, /[{}]+/)
	for (i = 1; i <= n; i++)
		if (piece[i] != "" && index(b, "{" piece[i] "}") == 0)
			return 0
	return 1
}

function compile_texts(    i, key, ja, en) {
	for (i = 1; i <= key_count; i++) {
		key = keys[i]
		if (!(("ja", key) in text))
			fault(where["en", key], "key " key " is missing in text.ja")
		else if (!(("en", key) in text))
			fault(where["ja", key], "key " key " is missing in text.en")
		else {
			ja = compile_text("ja", key)
			en = compile_text("en", key)
			if (!same_holes(ja, en))
				fault(where["en", key], "key " key ": holes " en " here, " ja " in text.ja")
		}
	}
}

# The value that completes the key, or "".
function completes(key, i,    p, s, v) {
	p = by_prefix[i]
	s = by_suffix[i]
	if (substr(key, 1, length(p)) != p || length(key) <= length(p) + length(s))
		return ""
	if (substr(key, length(key) - length(s) + 1) != s)
		return ""
	return substr(key, length(p) + 1, length(key) - length(p) - length(s))
}

# Keys with one beginning belong together: what one of them can be completed
# with, the others must take too.
function check_by(    i, j, k, v, pair, key, seen) {
	for (i = 1; i <= by_count; i++)
		for (k = 1; k <= key_count; k++)
			if ((v = completes(keys[k], i)) != "") {
				used[keys[k]] = 1
				seen[by_prefix[i], v] = 1
				count[i]++
			}
	for (i = 1; i <= by_count; i++) {
		if (!count[i])
			fault(by_where[i], "no text completes " by_prefix[i] "{…}" by_suffix[i])
		for (j in seen) {
			split(j, pair, SUBSEP)
			key = pair[1] pair[2] by_suffix[i]
			if (pair[1] == by_prefix[i] && !(key in known) && !told[key]++)
				fault(by_where[i], "text " key " is in no text file")
		}
	}
}

function check_used(    i, key) {
	for (i = 1; i <= key_count; i++) {
		key = keys[i]
		if (!(key in used))
			fault(("ja", key) in where ? where["ja", key] : where["en", key], "key " key " is never used")
	}
}

# ---- C ------------------------------------------------------------------------

function c_string(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	gsub(/\?/, "\\?", s)
	gsub(/\t/, "\\t", s)
	gsub(/\n/, "\\n\"\n\t\t\"", s)
	return "S(\"" s "\")"
}

function write_header(h,    i) {
	print "/* Made by scripts/pagegen from the templates and texts. */" > h
	print "#ifndef WEB_PAGES_DATA_H\n#define WEB_PAGES_DATA_H\n" > h
	print "#include \"web/page_ops.h\"\n\nenum page {" > h
	for (i = 1; i <= page_count; i++)
		print "\tPAGE_" toupper(pages[i]) "," > h
	print "\tPAGE_COUNT\n};\n" > h
	print "#define PAGE_CSS_PATH \"/style-" hash ".css\"\n\n#endif" > h
	close(h)
}

function write_ops(c,    i) {
	print "const struct page_op page_ops[] = {" > c
	for (i = 0; i < ops; i++)
		print "\t{ OP_" op_kind[i] ", PLACE_" op_place[i] ", " c_string(op_text[i]) ", " c_string(op_name[i]) ", " c_string(op_suffix[i]) ", " op_jump[i] " }," > c
	print "};\n" > c
}

function write_source(c,    i, line) {
	print "/* Made by scripts/pagegen from the templates and texts. */" > c
	print "#include \"web/pages_data.h\"\n" > c
	print "#define S(literal) { \"\" literal, sizeof(literal) - 1 }\n" > c
	write_ops(c)
	print "const struct page_run page_runs[] = {" > c
	for (i = 1; i <= page_count; i++)
		print "\t{ " page_first[i] ", " page_end[i] " }, /* " pages[i] " */" > c
	print "};\n\nconst char *const page_names[] = {" > c
	for (i = 1; i <= page_count; i++)
		print "\t\"" pages[i] "\"," > c
	print "};\n\nconst struct page_text page_texts[] = {" > c
	for (i = 1; i <= key_count; i++)
		print "\t{ \"" keys[i] "\", { { " run_first["ja", keys[i]] ", " run_end["ja", keys[i]] " }, { " run_first["en", keys[i]] ", " run_end["en", keys[i]] " } } }," > c
	print "};\nconst size_t page_text_count = " key_count ";\n" > c
	print "const struct str page_css_bytes = S(" > c
	while ((getline line < css) > 0) {
		line = c_string(line)
		print "\t" substr(line, 3, length(line) - 4) "\\n\"" > c
	}
	print ");" > c
	close(c)
}

BEGIN {
	section_kind["#"] = "MANY"
	section_kind["?"] = "SOME"
	section_kind["^"] = "NONE"
	for (i = 1; i < ARGC; i++) {
		file = ARGV[i]
		if (file ~ /\/text\.(ja|en)$/)
			load_text(file, substr(file, length(file) - 1))
		else if (file ~ /\.html$/) {
			name = name_of(file)
			if (name in file_of)
				fault(file ":1", "template " name " stands already in " file_of[name])
			file_of[name] = file
			names[++name_count] = name
			find_parts(file)
		} else if (file !~ /\/style\.css$|\.c$/) # a glob of text.* finds C too
			fault(file ":1", "not a template, text.ja, text.en or style.css")
	}
	sort_keys()
	ops = 0
	for (i = 1; i <= name_count; i++) {
		if (names[i] in part)
			continue
		pages[++page_count] = names[i]
		state = "text"
		tag = attr = ""
		close_run()
		page_first[page_count] = ops
		template(names[i], file_of[names[i]] ":1")
		page_end[page_count] = ops
		if (state != "text")
			fault(file_of[names[i]] ":1", "the page ends inside a tag")
	}
	for (name in part)
		if (!(name in file_of))
			fault("templates", "no template " name)
	compile_texts()
	check_by()
	check_used()
	if (faults)
		exit 1
	write_header(prefix ".h")
	write_source(prefix ".c")
}

#!/usr/bin/env bash
# Gets the files of a Hutch store out of its segments, or a copy of its bucket, alone: no server, no database. Needs bash, tar, sha256sum
# and Perl's smallest package (perl-base on Debian). What it does, and why that is right, is in docs/formats/salvage.md.
set -euo pipefail
if [[ $# -lt 2 || $1 == -* ]]; then
    echo "usage: salvage.sh DATA/segments|COPY-OF-BUCKET EMPTY-TARGET [OWNER/SLUG[@NUMBER|@TAG]]" >&2
    exit 2
fi
mkdir -p -- "$2"
[[ -z $(ls -A -- "$2") ]] || { echo "salvage: '$2' is not empty" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cat >"$work/salvage.pl" <<'PERL'
use strict; use warnings; no warnings qw(portable recursion);
my ($folder, $sums, $only) = @ARGV;
my ($want, $at) = ($only // '') =~ /^([^@]*)@?(.*)$/s;
my (@file, @number, @id, @lane, @last, @sealed, @reached, %crc, %copies, @journals, @nameless, %abandoned, %open, $faults, $lost);
sub complain { print STDERR "salvage: @_\n"; $faults++ }
sub lose { complain(@_); $lost++ } # of the journal: some files may have no name, or an older state

# Bytes of a segment, and their CRC32C: headers say what it was.
sub bytes { my ($n, $offset, $length) = @_;
    %open = () if !$open{$n} && keys %open > 200;
    $open{$n} //= do { open my $f, '<:raw', $file[$n] or die "$file[$n]: $!\n"; $f };
    sysseek $open{$n}, $offset, 0; my $all = '';
    while ($length > length $all) { sysread($open{$n}, $all, $length - length $all, length $all) or last }
    $all }
my @table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0x82F63B78 : $c >> 1 for 1 .. 8; $c } 0 .. 255;
my @pair = map { my $c = $table[$_ & 255] ^ ($_ >> 8); $table[$c & 255] ^ ($c >> 8) } 0 .. 65535; # two bytes at a time: it is slow here
sub crc { my $c = 0xffffffff;
    for (my $i = 0; $i < length $_[0]; $i += 65536) { $c = $pair[($c ^ $_) & 65535] ^ ($c >> 16) for unpack 'v*', substr $_[0], $i, 65536 }
    $c = $table[($c ^ ord substr $_[0], -1) & 255] ^ ($c >> 8) if length($_[0]) & 1;
    sprintf '%08x', $c ^ 0xffffffff }
sub whole { my ($n, $offset, $length) = @_; my $body = bytes($n, $offset, $length);
    my $expected = $crc{$n . ',' . ($offset - 512)} // (bytes($n, $offset - 512, 512) =~ /crc32c=([0-9a-f]{8})/ ? $1 : '');
    length $body == $length && $expected eq crc($body) ? \$body : undef }

# JSON, from $_ at its position: numbers stay text, so that nanoseconds stay exact; text stays UTF-8 bytes.
my %escape = (b => "\b", t => "\t", n => "\n", f => "\f", r => "\r");
sub text { my $t = shift;
    $t =~ s{\\(?:u([dD][89abAB]..)\\u(....)|u(....)|(.))}{my $u = defined $1 ? 0x10000 + ((hex($1) & 0x3ff) << 10) + (hex($2) & 0x3ff) : defined $3 ? hex $3 : -1;
        if ($u < 0) { $escape{$4} // $4 } else { my $c = chr $u; utf8::encode($c); $c }}ge if index($t, '\\') >= 0;
    $t }
sub value {
    return text($1) if /\G"((?:[^"\\]++|\\.)*+)"/gc;
    return $1 if /\G(-?[0-9][0-9.eE+-]*)/gc;
    return $1 eq 'true' ? 1 : undef if /\G(true|false|null)/gc;
    if (/\G\{/gc) { my %h; until (/\G\}/gc) { /\G,?"((?:[^"\\]++|\\.)*+)":/gc or die "not JSON\n"; my $k = text($1); $h{$k} = value() } return \%h }
    /\G\[/gc or die "not JSON\n";
    my @a; until (/\G\]/gc) { /\G,/gc; push @a, value() } \@a }
sub json { local $_ = shift; pos = 0; value() }

# 1. Where everything is. Records count when the CRC32C of their member is right and it names this segment; in a last group that nothing
# shows to have been durable, every checksum must be right. Members outside of a whole group are the last choice.
my ($list, $unread, %seal, @gaps, @groups, %later) = ("$folder/segments.txt", 0);
sub keep { my ($n, $members) = @_; $copies{$$_[0]} .= pack 'NQ>N', $n, @$_[1, 2] for @$members }
sub doubt { my ($n, $members) = @_; $copies{$$_[0]} = pack('NQ>N', $n, @$_[1, 2]) . ($copies{$$_[0]} // '') for @$members }
sub place { my ($n, $from, $to) = @_; sprintf '%s, bytes %d to %d', $file[$n] =~ m{([^/]*)$}, $from, $to }
sub group { my ($n, $begin, $members, $offset, $length, $end, $records) = @_;
    my $body = whole($n, $offset, $length);
    my ($line) = $body ? $$body =~ /^(\{"k":"storage\.group"[^\n]*)\n/ : ();
    if (!$line || ($id[$n] && $line !~ /"id":"\Q$id[$n]\E"/)) {
        push @nameless, map { [$n, @$_] } @$members; doubt($n, $members); $groups[$n]++; $reached[$n] = $end;
        return $records ? lose(place($n, $begin, $end) . ': records are damaged; what they named is missing')
            : complain(place($n, $offset, $end) . ': the end of a group is damaged') }
    ($id[$n]) = $line =~ /"id":"([^"]+)"/ if !$id[$n];
    my ($number) = $line =~ /"group":(\d+)/;
    lose(place($n, $reached[$n] // 0, $end) . ': a group is damaged, perhaps with records') if $number != ++$groups[$n] && $lane[$n] eq 'main';
    $groups[$n] = $number;
    $abandoned{$1} = $2 while $$body =~ /^\{"k":"storage\.abandon","segment":(\d+),"offset":(\d+)\}$/mg;
    $line =~ /"offset":$begin,"members":(\d+),/ && $1 == @$members ? keep($n, $members) : doubt($n, $members);
    push @journals, [$1, $2, $n, $offset, $length] if $line =~ /"first":([1-9]\d*),"last":(\d+)/;
    $reached[$n] = $end }
sub torn { my ($n, $begin, $members, $offset, $length) = @_;
    my $body = whole($n, $offset, $length) or return 1;
    $$body !~ /"offset":$begin,"members":(\d+),/ || $1 != @$members || grep { !whole($n, @$_[1, 2]) } @$members }
sub seal { my ($line, $listed) = @_; # what the list says of a segment, or the next segment
    my ($name, $number) = $line =~ /^(0*([1-9]\d*)\.[a-z0-9-]+\.tar)(?: |$)/ or return;
    $seal{$number}{name} = $name; $seal{$number}{listed} ||= $listed; $seal{$number}{end} = $1 if $line =~ / groups=(\d+)/;
    complain("$name lost members by damage before") if $line =~ / damaged crc=/ }
sub listed { my ($n, $size) = @_; my %at; # a sealed segment's own index: where a header is damaged
    my $footer = $size > 1536 ? bytes($n, $size - 1536, 512) : '';
    return {} if $footer !~ /^HUTCHSEG/ || unpack('x508 V', $footer) != hex crc(substr $footer, 0, 508);
    my ($index, $pages) = unpack 'x72 Q< V', $footer;
    for my $p (0 .. $pages - 1) { my $page = bytes($n, $index + 512 + 4096 * $p, 4096);
        next if length $page < 4096 || unpack('x4092 V', $page) != hex crc(substr $page, 0, 4092);
        for my $e (0 .. unpack('x4080 V', $page) - 1) { my ($key, $block, $length, $crc, $kind) = unpack 'a32 V V V C', substr $page, 48 * $e, 48;
            $at{$block * 512} = [$length, sprintf('%08x', $crc), $kind == 2 ? 'blobs/' . unpack 'H*', $key
                : $kind == 1 ? 'journal/' . unpack 'H16', $key : sprintf 'extents/%s/%s', unpack 'H32 H16', $key] } }
    \%at }
my $replaced = 0; # packs up to this number were listed when some of them were replaced; each later one names the one before it
for my $path (glob "\Q$folder\E/packs/*/[0-9]*.txt") { my ($number) = $path =~ m{/0*(\d+)\.txt$} or next; ($replaced, $list) = ($number, $path) if $number > $replaced }
if (-e $list) { open my $f, '<:raw', $list or die "$list: $!\n";
    while (<$f>) { chomp; if (/^[0-9]+\.[a-z0-9-]+\.tar$/ || /^(.*) crc=([0-9a-f]{8})$/ && crc($1) eq $2) { seal($_, 1) } else { complain("$list is damaged") if !$unread++ } } }
sub name { $_[0] =~ m{([^/]*)$} ? $1 : '' }
for my $path (sort { name($a) cmp name($b) } glob("\Q$folder\E/[0-9]*.tar"), glob("\Q$folder\E/packs/*/[0-9]*.tar")) {
    my ($n, $size) = (scalar @file, -s $path); push @file, $path;
    ($number[$n], $lane[$n]) = $path =~ m{/0*(\d+)\.([^/]*)\.tar$} or ($number[$n], $lane[$n]) = (0, '');
    my ($offset, $begin, $gap, $index, @members) = (0, 0);
    my (undef, $octal) = unpack 'a124 A11', bytes($n, 0, 512);
    if ($octal =~ /^[0-7]{11}$/ and oct $octal < 4096 and my $first = whole($n, 512, oct $octal)) {
        ($number[$n]) = $$first =~ /"segment":(\d+)/; ($lane[$n]) = $$first =~ /"lane":"([^"]*)"/; ($id[$n]) = $$first =~ /"id":"([^"]+)"/;
        if ($$first =~ /"previous":"([^"]*)"/) { my $previous = $1; seal($previous, $path =~ m{/packs/} && $number[$n] > $replaced) } }
    while ($offset + 512 <= $size) {
        my $header = bytes($n, $offset, 512);
        my ($name, $octal, $sum) = unpack 'Z100 x24 A11 x13 A6', $header;
        my $zeroed = $header; substr($zeroed, 148, 8) = ' ' x 8;
        my $length = $octal =~ /^[0-7]{11}$/ ? oct $octal : -1;
        if ($length < 0 || $sum !~ /^[0-7]{6}$/ || oct($sum) != unpack('%32C*', $zeroed) || $offset + 512 + $length > $size
            || defined $gap && !whole($n, $offset + 512, $length)) {
            if (my $entry = ($index //= listed($n, $size))->{$offset}) {
                push @gaps, [$n, $gap // $offset, $offset + 512]; $gap = undef;
                ($length, $crc{"$n,$offset"}, $name) = @$entry }
            else { $gap //= $offset; $offset += 512; next } }
        if (defined $gap) { push @gaps, [$n, $gap, $offset]; $gap = undef }
        my $body = $offset + 512; $begin ||= $offset; $offset = $body + int(($length + 511) / 512) * 512;
        if ($name eq 'hutch-segment.json') { $begin = $offset }
        elsif ($name eq 'hutch-footer') { $sealed[$n] = 1 }
        elsif ($name =~ m{^(?:blobs|extents)/}) { push @members, [$name =~ m{^blobs/(.{64})$} ? pack('H*', $1) : $name, $body, $length] }
        elsif ($name =~ m{^(?:journal|groups)/}) {
            group($n, @{$last[$n]}) if $last[$n];
            ($last[$n], @members) = ([$begin, [@members], $body, $length, $offset, $name =~ /^j/]); $begin = $offset }
    }
    doubt($n, \@members);
}
for my $path (glob "\Q$folder\E/extents/*/*/*") { # of a bucket: objects as they are, with their CRC32C in the name
    my ($upload, $offset, $crc) = $path =~ m{/([0-9a-f]{32})/([0-9a-f]{16})\.([0-9a-f]{8})$} or next;
    my $n = @file; push @file, $path; ($number[$n], $lane[$n], $crc{"$n,-512"}) = (0, '', $crc); doubt($n, [["extents/$upload/$offset", 0, -s $path]]) }
for my $n (sort { $number[$b] <=> $number[$a] } 0 .. $#file) { # newest first: its first group says what it gives up
    my $finished = $sealed[$n] || ($seal{$number[$n]} && $seal{$number[$n]}{end}) || ($later{$lane[$n]} && !defined $abandoned{$number[$n]});
    if ($last[$n] && !$finished && torn($n, @{$last[$n]})) { doubt($n, $last[$n][1]); print STDERR "salvage: the torn end of segment $number[$n] was left out\n" }
    elsif ($last[$n]) { group($n, @{$last[$n]}) }
    $later{$lane[$n]} = 1 if $groups[$n];
}
for my $n (0 .. $#file) { # what has the name of a segment, and not one group of it
    lose(name($file[$n]) . ' is not a segment: what it held is missing') if $lane[$n] eq 'main' && !$id[$n] && !$groups[$n] && bytes($n, 0, 512) =~ /[^\0]/ }
for (@gaps) { my ($n, $from) = @$_; complain(place(@$_) . ': damaged') if $from < ($reached[$n] // 0) }
my %file_of = map { $number[$_] => $_ } 0 .. $#file;
for my $number (sort { $a <=> $b } keys %seal) { my ($name, $end, $n) = (@{$seal{$number}}{qw(name end)}, $file_of{$number});
    my $report = $name =~ /\.main\./ ? \&lose : \&complain;
    if (!defined $n) { $report->("$name is missing, with all that was stored in it") if $seal{$number}{listed} }
    elsif (($end // 0) > ($reached[$n] // 0)) { $report->(place($n, $reached[$n] // 0, $end) . ': cut off or overwritten') } }
@journals = sort { $$a[0] <=> $$b[0] } grep { !defined $abandoned{$number[$$_[2]]} || $$_[3] < $abandoned{$number[$$_[2]]} } @journals;
sub member { my @places = unpack '(a16)*', $copies{$_[0]} // ''; my @one = ();
    for (reverse @places) { my @try = unpack 'NQ>N', $_; next if defined $abandoned{$number[$try[0]]} && $try[1] >= $abandoned{$number[$try[0]]};
        @one = @try; last if @places == 1 || whole(@one) }
    @one }
sub sound { my @place = member(pack 'H*', $_[0]); @place ? whole(@place) : undef } # a page, a part of a checkpoint

# 2. The records: rows of the newest checkpoint, then the journal.
my (%by_key, %by_id, %large, @checkpoints, $checkpoint, $gone);
for (@journals) { my $body = bytes(@$_[2 .. 4]);
    push @checkpoints, json($1) while $body =~ /^(\{"seq":\d+,"k":"checkpoint".*\})$/mg;
    while ($body =~ /^\{"seq":\d+,"k":"segment\.retired".*"through":(\d+)/mg) { $gone = $1 if $1 > ($gone // 0) } }
for my $c (sort { $$b{through} <=> $$a{through} } @checkpoints) { if (!grep { !sound($_) } @{$$c{parts}}) { $checkpoint = $c; last } }
lose("no whole checkpoint has the records up to $gone, which are gone from the journal") if $gone && $gone > ($checkpoint ? $$checkpoint{through} : 0);
sub entry { my ($sequence, $e) = @_; join "\0", $$e{w} ? '9' x 18 : $sequence, # what waits to be hashed is in no tree
    map { $_ // '' } @$e{qw(k h s m x t)} }
sub assemble { my ($hash, $upload, $expires) = @_; $upload =~ tr/-//d; my $old = $large{$hash};
    $large{$hash} = [$upload, $expires] unless $old && (!defined $$old[1] || (defined $expires && $$old[1] >= $expires)) }
my %part; # where the extents of files that came in parts lie
sub part { my ($upload, $start, $part, $offset) = @_; tr/-//d for grep { defined } $upload, $part;
    $part{sprintf 'extents/%s/%016x', $upload, $start} = sprintf 'extents/%s/%016x', $part, $offset if defined $part }
my %placed; # files that stay in the facility's folders: dataset and path, by their hash
# The sites that hold the bytes of a dataset which were given up here; nothing when they are here.
sub held { my $e = shift; $e && $$e{state} =~ /^(evicted|recalling)$/ ? $$e{reproduction} ? "computed again by the run $$e{reproduction}{run}" : 'held by other sites: ' . join(', ', map { $$_{siteId} } grep { defined $$_{proof} } @{$$e{asked}}) : '' }
my $held = '';
my %row = (
    folder_files => sub { my $r = shift; $placed{$$r{name}} = [$by_key{$$r{dataset}}, $$r{path}] },
    datasets => sub { my $r = shift; $by_key{$$r{key}} = $by_id{$$r{id}} = { %$r, held => held(defined $$r{eviction} ? json($$r{eviction}) : undef), overlay => {}, snapshots => {}, tags => {} } },
    annex_keys => sub { my $r = shift; $by_key{$$r{dataset}}{keys}{$$r{name}} = [@$r{qw(hash size)}] },
    overlay => sub { my $r = shift; $by_key{$$r{dataset}}{overlay}{$$r{path}} = entry($$r{sequence}, defined $$r{entry} ? json($$r{entry}) : {}) },
    snapshots => sub { my $r = shift; $by_key{$$r{dataset}}{snapshots}{$$r{number}} = [@$r{qw(page files)}] },
    tags => sub { my $r = shift; $by_key{$$r{dataset}}{tags}{$$r{tag}} = $$r{number} },
    extents => sub { my $r = shift; part(@$r{qw(upload start part part_start)}) },
    blobs => sub { my $r = shift; assemble(@$r{qw(hash upload expires)}) });
my %record = (
    'dataset.created' => sub { my $r = shift; $by_id{$$r{dataset}} = { %$r, page => $$r{root}{page}, files => $$r{root}{files}, overlay => {}, snapshots => {}, tags => {} } },
    'dataset.described' => sub { my ($r, $d) = @_; $$d{$_} = $$r{$_} // $$d{$_} for qw(owner slug) },
    'eviction.set' => sub { my ($r, $d) = @_; $$d{held} = held($$r{eviction}) },
    'dataset.ended' => sub { my ($r, $d) = @_; $$d{ended} = 1 },
    'entry.put' => sub { my ($r, $d) = @_; $$d{overlay}{$$r{p}} = entry($$r{seq}, $$r{e}) },
    'entry.removed' => sub { my ($r, $d) = @_; $$d{overlay}{$$r{p}} = entry($$r{seq}, {}) },
    'snapshot.taken' => sub { my ($r, $d) = @_; $$d{snapshots}{$$r{number}} = [@{$$r{root}}{qw(page files)}];
        # A copy may get an older snapshot later, when somebody has tagged it.
        @$d{qw(newest page files)} = ($$r{number}, @{$$r{root}}{qw(page files)}) if $$r{number} > ($$d{newest} // 0);
        my $o = $$d{overlay}; for (keys %$o) { delete $$o{$_} if $$o{$_} =~ /^(\d+)/ && $1 <= $$r{through} } },
    'folder.set' => sub { my ($r, $d) = @_; $$d{folder} = $$r{folder} },
    'repository.set' => sub { my ($r, $d) = @_; @$d{qw(repository repository_files)} = @{$$r{root}}{qw(page files)} },
    'keys.held' => sub { my ($r, $d) = @_; $$d{keys}{$$_{name}} = [@$_{qw(hash size)}] for @{$$r{keys}} },
    'keys.dropped' => sub { my ($r, $d) = @_; delete $$d{keys}{$_} for @{$$r{names}} },
    'file.registered' => sub { my ($r, $d) = @_; $placed{$$r{name}} = [$d, $$r{path}] },
    'snapshot.dropped' => sub { my ($r, $d) = @_; delete $$d{snapshots}{$$r{number}} },
    'tag.set' => sub { my ($r, $d) = @_; $$d{tags}{$$r{tag}} = $$r{number} },
    'tag.removed' => sub { my ($r, $d) = @_; delete $$d{tags}{$$r{tag}} },
    'blob.assembled' => sub { my $r = shift; part($$r{upload}, @$_{qw(o u a)}) for @{$$r{extents}}; assemble(@$r{qw(hash upload expiresMilliseconds)}) },
    'blob.forgotten' => sub { my $r = shift; delete $large{$$r{hash}} });
for my $part ($checkpoint ? @{$$checkpoint{parts}} : ()) {
    for (split /\n/, ${sound($part)}) { next unless /^\{"table":"(\w+)"/ && $row{$1}; $row{$1}->(json($_)->{row}) } }
my $applied = $checkpoint ? $$checkpoint{through} : 0;
for (grep { $$_[1] > $applied } @journals) {
    for (split /\n/, bytes(@$_[2 .. 4])) {
        next unless /^\{"seq":(\d+),"k":"([a-z.-]+)"/ && $1 > $applied;
        $applied = $1; my $do = $record{$2} or next; my $r = eval { json($_) } or lose("record $applied cannot be read"), next;
        my $id = $$r{dataset} // $$r{d} // '';
        $by_id{$id} = { overlay => {}, snapshots => {}, tags => {} } if $lost && length $id && !$by_id{$id}; # its beginning is lost
        $do->($r, $by_id{$id}) } }

# 3. The files, as a tar stream; symbolic links last, so that nothing is ever written through one.
sub header { my ($name, $type, $size, $mode) = @_;
    my $h = pack 'a100 a8 a8 a8 a12 a12 A8 a1 a100 a6 a2 a32 a32 a8 a8 a155 x12', $name, sprintf('%07o', $mode), ('0000000') x 2,
        sprintf('%011o', $size), sprintf('%011o', time), '', $type, '', 'ustar', '00', ('') x 5;
    substr($h, 148, 8) = sprintf "%06o\0 ", unpack '%32C*', $h; $h }
sub padded { $_[0] . "\0" x (-length($_[0]) % 512) }
sub attribute { my $rest = " $_[0]=$_[1]\n"; my $length = length $rest; $length = length($length . $rest) for 1 .. 3; $length . $rest }
sub put { my ($path, $type, $size, $mode, $time, $link) = @_;
    my $more = attribute(path => $path) . (defined $link ? attribute(linkpath => $link) : '') . ($size > 0x1ffffffff ? attribute(size => $size) : '');
    if ($time) { my $s = $time =~ /^-/ ? $time / 1e9 : length $time > 9 ? substr($time, 0, -9) . '.' . substr($time, -9) : "0.$time"; $more .= attribute(mtime => $s) }
    print header('pax', 'x', length $more, 0644), padded($more), header('file', $type, $size > 0x1ffffffff ? 0 : $size, $mode) }
sub places { my ($hash, $size) = @_; my @one = member(pack 'H*', $hash); return [@one] if @one;
    my ($upload, @all, $reached) = ($large{$hash} ? $large{$hash}[0] : return ()); $reached = 0;
    while ($reached < $size) { my $e = sprintf 'extents/%s/%016x', $upload, $reached; my @e = member($part{$e} // $e); @e && $e[2] or return (); push @all, [@e]; $reached += $e[2] }
    @all }
open my $check, '>:raw', $sums or die "$sums: $!\n"; binmode STDOUT; $| = 0;
my (@links, %taken, %emitted, %nameless); # small files whose names stood in records that are damaged
for (@nameless) { my ($n, $key, $offset, $length) = @$_; $nameless{unpack 'H*', $key} = $length if length $key == 32 }
sub emit { my ($base, $path, $k, $h, $s, $m, $x, $t) = @_;
    return complain("refused the path '$path' of $base") if grep { $_ eq '' || $_ eq '.' || $_ eq '..' || /\0/ } split m{/}, $path, -1;
    my $name = "$base/$path";
    return put("$name/", 5, 0, 0755, $m) if $k eq 'e';
    return push @links, [$name, 2, 0, 0777, $m, $t] if $k eq 'l';
    my @places = places($h, $s); my $found = 0; $found += $$_[2] for @places;
    if ($found != $s && (my $p = $placed{$h})) { print STDERR "salvage: $name stays where the facility keeps it: $$p[0]{folder}/$$p[1]\n"; return }
    if ($found != $s && length $held) { print STDERR "salvage: $name was given up here and is $held\n"; return }
    return complain("$name: the blob $h is missing or damaged") if $found != $s;
    put($name, 0, $s, $x ? 0755 : 0644, $m);
    for (@places) { my ($n, $from, $left) = @$_; while ($left > 0) { my $b = bytes($n, $from, $left > 1 << 20 ? 1 << 20 : $left); $b = "\0" x $left if !length $b; print $b; $from += length $b; $left -= length $b } }
    print "\0" x (-$s % 512);
    delete $nameless{$h}; $emitted{$h} = 1; my $listed = $name; my $mark = $listed =~ s/([\\\n])/$1 eq "\n" ? '\\n' : '\\\\'/ge ? '\\' : '';
    print $check "$mark$h  $listed\n" }
sub walk { my ($base, $page, $prefix, $overlay) = @_;
    my $body = sound($page) or return complain("$base/$prefix: the page $page, which names the files there, is missing or damaged");
    delete $nameless{$page}; my (undef, @lines) = split /\n/, $$body;
    for (@lines) { my $e = json($_);
        if ($$e{k} eq 'd' || $$e{k} eq 'p') { walk($base, $$e{h}, $$e{k} eq 'd' ? "$prefix$$e{n}/" : $prefix, $overlay) }
        elsif (!exists $$overlay{$prefix . $$e{n}}) { emit($base, $prefix . $$e{n}, map { $_ // '' } @$e{qw(k h s m x t)}) } } }
for my $id (sort keys %by_id) { my $d = $by_id{$id}; next if $$d{ended};
    my $base = join '/', map { ($_ // '') =~ /^[A-Za-z0-9][A-Za-z0-9._-]*$/ ? $_ : 'unnamed' } @$d{qw(owner slug)};
    next if length $want && $want ne $base && $want ne $id;
    $base .= "-$id" if $taken{$base}++ || $base =~ /unnamed/;
    my ($page, $files, $overlay) = (@$d{qw(page files overlay)});
    $held = $$d{held} // '';
    if (length $at) { my $s = $$d{snapshots}{exists $$d{tags}{$at} ? $$d{tags}{$at} : $at} or complain("$base has no snapshot '$at'"), next; ($page, $files, $overlay) = (@$s, {}) }
    put("$base/", 5, 0, 0755, '');
    walk($base, $page, '', $overlay) if $files;
    for (keys %$overlay) { my (undef, @e) = split /\0/, $$overlay{$_}, 7; emit($base, $_, @e) if length $e[0] }
    next if length $at || !$$d{repository_files}; # what git brought, as a bare repository, with the keys that no version names
    put("$base.git/$_", 5, 0, 0755, '') for '', 'refs/';
    walk("$base.git", $$d{repository}, '', {});
    for (sort keys %{$$d{keys} // {}}) { my ($h, $s) = @{$$d{keys}{$_}}; emit("$base.git", "annex/objects/$_", 'f', $h, $s, '', '', '') if !$emitted{$h} }
}
put(@$_) for @links;
if (!length $want && %nameless) { complain('files whose names are lost: see _unnamed/, where each has its SHA-256 for a name');
    put('_unnamed/', 5, 0, 0755, ''); emit('_unnamed', $_, 'f', $_, $nameless{$_}, '', '', '') for sort keys %nameless }
print "\0" x 1024; close STDOUT or die "$!\n"; close $check or die "$!\n";
exit($lost ? 3 : $faults ? 1 : 0);
PERL
set +e
perl "$work/salvage.pl" "$1" "$work/sums" "${3:-}" | tar --extract --file=- --directory="$2" --no-same-owner --delay-directory-restore
ended=("${PIPESTATUS[@]}")
set -e
status=${ended[0]}
[[ $status == 0 || $status == 3 ]] || status=1
[[ ${ended[1]} == 0 || $status != 0 ]] || status=1
(cd -- "$2" && [[ ! -s $work/sums ]] || sha256sum --check --quiet --strict -- "$work/sums") || [[ $status == 3 ]] || status=1
case $status in
    0) echo "salvaged $(wc -l <"$work/sums") files, each with the SHA-256 that it was stored under" ;;
    3) echo "salvage: records are missing or damaged, so that files may lack here or be of an older state: see above" >&2 ;;
    *) echo "salvage: some files are missing or damaged: see above" >&2 ;;
esac
exit "$status"

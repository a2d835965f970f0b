#!/usr/bin/env bash
# Gets the files of a Hutch store out of its segments alone: no server, no database. Needs bash, tar, sha256sum and Perl's smallest
# package (perl-base on Debian). What it does, and why that is right, is in docs/formats/salvage.md.
set -euo pipefail
if [[ $# -lt 2 || $1 == -* ]]; then
    echo "usage: salvage.sh DATA/segments EMPTY-TARGET [OWNER/SLUG[@NUMBER|@TAG]]" >&2
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
my (@file, @id, %copies, @journals, %abandoned, %open, $faults);
sub complain { print STDERR "salvage: @_\n"; $faults++ }

# Bytes of a segment; a CRC32C only where a power cut may have torn something, since it is slow here.
sub bytes { my ($n, $offset, $length) = @_;
    %open = () if !$open{$n} && keys %open > 200;
    $open{$n} //= do { open my $f, '<:raw', $file[$n] or die "$file[$n]: $!\n"; $f };
    sysseek $open{$n}, $offset, 0; my $all = '';
    while ($length > length $all) { sysread($open{$n}, $all, $length - length $all, length $all) or last }
    $all }
my @table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0x82F63B78 : $c >> 1 for 1 .. 8; $c } 0 .. 255;
sub crc { my $c = 0xffffffff;
    for (my $i = 0; $i < length $_[0]; $i += 65536) { $c = $table[($c ^ $_) & 255] ^ ($c >> 8) for unpack 'C*', substr $_[0], $i, 65536 }
    sprintf '%08x', $c ^ 0xffffffff }
sub whole { my ($n, $offset, $length) = @_; bytes($n, $offset - 512, 512) =~ /crc32c=([0-9a-f]{8})/ && $1 eq crc(bytes($n, $offset, $length)) }

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

# 1. Where everything is. A group of members counts when the member that ends it does; the last one of a segment without a footer only
# when every checksum in it is right.
sub group { my ($n, $begin, $members, $offset, $length, $check) = @_;
    my $body = bytes($n, $offset, $length);
    my ($line) = $body =~ /^(\{"k":"storage\.group"[^\n]*)\n/ or return;
    return unless $line =~ /"id":"\Q$id[$n]\E"/ && $line =~ /"offset":$begin,"members":(\d+),/ && $1 == @$members
        && $body !~ /\0/ && (!$check || (whole($n, $offset, $length) && !grep { !whole($n, @$_[1, 2]) } @$members));
    $abandoned{$1} = $2 while $body =~ /^\{"k":"storage\.abandon","segment":(\d+),"offset":(\d+)\}$/mg;
    $copies{$$_[0]} .= pack 'NQ>N', $n, @$_[1, 2] for @$members;
    push @journals, [$1, $2, $n, $offset, $length] if $line =~ /"first":([1-9]\d*),"last":(\d+)/;
    1 }
for my $path (sort glob "\Q$folder\E/[0-9]*.tar") {
    my ($n) = $path =~ m{/0*(\d+)\.[^/]*$}; $file[$n] = $path;
    my ($end, $offset, $begin, @members, $last, $sealed) = (-s $path, 0, 0);
    while ($offset + 512 <= $end) {
        my $header = bytes($n, $offset, 512);
        my ($name, $octal, $sum) = unpack 'Z100 x24 A11 x13 A6', $header;
        my $zeroed = $header; substr($zeroed, 148, 8) = ' ' x 8;
        if ($sum !~ /^[0-7]{6}$/ || oct($sum) != unpack('%32C*', $zeroed) || $octal !~ /^[0-7]{11}$/) { $offset += 512; next }
        my ($body, $length) = ($offset + 512, oct $octal);
        $offset = $body + int(($length + 511) / 512) * 512;
        if ($name eq 'hutch-segment.json') { ($id[$n]) = bytes($n, $body, $length) =~ /"id":"([^"]+)"/ if !$id[$n]; $begin = $offset }
        elsif ($name eq 'hutch-footer') { $sealed = 1 }
        elsif ($name =~ m{^(?:blobs|extents)/}) { push @members, [$name =~ m{^blobs/(.{64})$} ? pack('H*', $1) : $name, $body, $length] }
        elsif ($name =~ m{^(?:journal|groups)/}) {
            group($n, @$last, 0) if $last;
            ($last, @members) = ([$begin, [@members], $body, $length]); $begin = $offset;
        }
    }
    if ($last && !group($n, @$last, !$sealed)) { print STDERR "salvage: the torn end of segment $n was left out\n" }
}
@journals = sort { $$a[0] <=> $$b[0] } grep { !defined $abandoned{$$_[2]} || $$_[3] < $abandoned{$$_[2]} } @journals;
sub member { my @places = unpack '(a16)*', $copies{$_[0]} // ''; my @one = ();
    for (reverse @places) { my @try = unpack 'NQ>N', $_; next if defined $abandoned{$try[0]} && $try[1] >= $abandoned{$try[0]};
        @one = @try; last if @places == 1 || whole(@one) }
    @one }

# 2. The records: rows of the newest checkpoint, then the journal.
my (%by_key, %by_id, %large, $checkpoint);
for (@journals) { my $body = bytes(@$_[2 .. 4]);
    while ($body =~ /^(\{"seq":\d+,"k":"checkpoint".*\})$/mg) { my $c = json($1);
        $checkpoint = $c if (!$checkpoint || $$c{through} >= $$checkpoint{through}) && !grep { !member(pack 'H*', $_) } @{$$c{parts}} } }
sub entry { my ($sequence, $e) = @_; join "\0", $sequence, map { $_ // '' } @$e{qw(k h s m x t)} }
sub assemble { my ($hash, $upload, $expires) = @_; $upload =~ tr/-//d; my $old = $large{$hash};
    $large{$hash} = [$upload, $expires] unless $old && (!defined $$old[1] || (defined $expires && $$old[1] >= $expires)) }
my %part; # where the extents of files that came in parts lie
sub part { my ($upload, $start, $part, $offset) = @_; tr/-//d for grep { defined } $upload, $part;
    $part{sprintf 'extents/%s/%016x', $upload, $start} = sprintf 'extents/%s/%016x', $part, $offset if defined $part }
my %row = (
    datasets => sub { my $r = shift; $by_key{$$r{key}} = $by_id{$$r{id}} = { %$r, overlay => {}, snapshots => {}, tags => {} } },
    overlay => sub { my $r = shift; $by_key{$$r{dataset}}{overlay}{$$r{path}} = entry($$r{sequence}, defined $$r{entry} ? json($$r{entry}) : {}) },
    snapshots => sub { my $r = shift; $by_key{$$r{dataset}}{snapshots}{$$r{number}} = [@$r{qw(page files)}] },
    tags => sub { my $r = shift; $by_key{$$r{dataset}}{tags}{$$r{tag}} = $$r{number} },
    extents => sub { my $r = shift; part(@$r{qw(upload start part part_start)}) },
    blobs => sub { my $r = shift; assemble(@$r{qw(hash upload expires)}) });
my %record = (
    'dataset.created' => sub { my $r = shift; $by_id{$$r{dataset}} = { %$r, page => $$r{root}{page}, files => $$r{root}{files}, overlay => {}, snapshots => {}, tags => {} } },
    'dataset.described' => sub { my ($r, $d) = @_; $$d{$_} = $$r{$_} // $$d{$_} for qw(owner slug) },
    'dataset.ended' => sub { my ($r, $d) = @_; $$d{ended} = 1 },
    'entry.put' => sub { my ($r, $d) = @_; $$d{overlay}{$$r{p}} = entry($$r{seq}, $$r{e}) },
    'entry.removed' => sub { my ($r, $d) = @_; $$d{overlay}{$$r{p}} = entry($$r{seq}, {}) },
    'snapshot.taken' => sub { my ($r, $d) = @_; @$d{qw(page files)} = @{$$r{root}}{qw(page files)}; $$d{snapshots}{$$r{number}} = [@$d{qw(page files)}];
        my $o = $$d{overlay}; for (keys %$o) { delete $$o{$_} if $$o{$_} =~ /^(\d+)/ && $1 <= $$r{through} } },
    'snapshot.dropped' => sub { my ($r, $d) = @_; delete $$d{snapshots}{$$r{number}} },
    'tag.set' => sub { my ($r, $d) = @_; $$d{tags}{$$r{tag}} = $$r{number} },
    'tag.removed' => sub { my ($r, $d) = @_; delete $$d{tags}{$$r{tag}} },
    'blob.assembled' => sub { my $r = shift; part($$r{upload}, @$_{qw(o u a)}) for @{$$r{extents}}; assemble(@$r{qw(hash upload expiresMilliseconds)}) },
    'blob.forgotten' => sub { my $r = shift; delete $large{$$r{hash}} });
for my $part ($checkpoint ? @{$$checkpoint{parts}} : ()) {
    for (split /\n/, bytes(member(pack 'H*', $part))) { next unless /^\{"table":"(\w+)"/ && $row{$1}; $row{$1}->(json($_)->{row}) } }
my $applied = $checkpoint ? $$checkpoint{through} : 0;
for (grep { $$_[1] > $applied } @journals) {
    for (split /\n/, bytes(@$_[2 .. 4])) {
        next unless /^\{"seq":(\d+),"k":"([a-z.-]+)"/ && $1 > $applied;
        $applied = $1; my $do = $record{$2} or next; my $r = json($_); $do->($r, $by_id{$$r{dataset} // $$r{d} // ''}) } }

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
my (@links, %taken);
sub emit { my ($base, $path, $k, $h, $s, $m, $x, $t) = @_;
    return complain("refused the path '$path' of $base") if grep { $_ eq '' || $_ eq '.' || $_ eq '..' || /\0/ } split m{/}, $path, -1;
    my $name = "$base/$path";
    return put("$name/", 5, 0, 0755, $m) if $k eq 'e';
    return push @links, [$name, 2, 0, 0777, $m, $t] if $k eq 'l';
    my @places = places($h, $s); my $found = 0; $found += $$_[2] for @places;
    return complain("$name: the blob $h is missing or damaged") if $found != $s;
    put($name, 0, $s, $x ? 0755 : 0644, $m);
    for (@places) { my ($n, $from, $left) = @$_; while ($left > 0) { my $b = bytes($n, $from, $left > 1 << 20 ? 1 << 20 : $left); length $b or die "$file[$n] ends too early\n"; print $b; $from += length $b; $left -= length $b } }
    print "\0" x (-$s % 512);
    my $listed = $name; my $mark = $listed =~ s/([\\\n])/$1 eq "\n" ? '\\n' : '\\\\'/ge ? '\\' : '';
    print $check "$mark$h  $listed\n" }
sub walk { my ($base, $page, $prefix, $overlay) = @_;
    my @place = member(pack 'H*', $page); return complain("$base/$prefix: the page $page is missing") if !@place;
    my (undef, @lines) = split /\n/, bytes(@place);
    for (@lines) { my $e = json($_);
        if ($$e{k} eq 'd' || $$e{k} eq 'p') { walk($base, $$e{h}, $$e{k} eq 'd' ? "$prefix$$e{n}/" : $prefix, $overlay) }
        elsif (!exists $$overlay{$prefix . $$e{n}}) { emit($base, $prefix . $$e{n}, map { $_ // '' } @$e{qw(k h s m x t)}) } } }
for my $id (sort keys %by_id) { my $d = $by_id{$id}; next if $$d{ended};
    my $base = join '/', map { /^[A-Za-z0-9][A-Za-z0-9._-]*$/ ? $_ : 'unnamed' } @$d{qw(owner slug)};
    next if length $want && $want ne $base && $want ne $id;
    $base .= "-$id" if $taken{$base}++ || $base =~ /unnamed/;
    my ($page, $files, $overlay) = (@$d{qw(page files overlay)});
    if (length $at) { my $s = $$d{snapshots}{exists $$d{tags}{$at} ? $$d{tags}{$at} : $at} or complain("$base has no snapshot '$at'"), next; ($page, $files, $overlay) = (@$s, {}) }
    put("$base/", 5, 0, 0755, '');
    walk($base, $page, '', $overlay) if $files;
    for (keys %$overlay) { my (undef, @e) = split /\0/, $$overlay{$_}, 7; emit($base, $_, @e) if length $e[0] }
}
put(@$_) for @links;
print "\0" x 1024; close STDOUT or die "$!\n"; close $check or die "$!\n";
exit($faults ? 1 : 0);
PERL
status=0
perl "$work/salvage.pl" "$1" "$work/sums" "${3:-}" | tar --extract --file=- --directory="$2" --no-same-owner --delay-directory-restore || status=1
(cd -- "$2" && [[ ! -s $work/sums ]] || sha256sum --check --quiet --strict -- "$work/sums") || status=1
if [[ $status == 0 ]]; then echo "salvaged $(wc -l <"$work/sums") files, each with the SHA-256 that it was stored under"; else echo "salvage: some files are missing or damaged: see above" >&2; fi
exit "$status"

# Given to curl's runtests.pl with -L: compares what went through a proxy as two ends of one message, not byte by byte.
#
# Any proxy of HTTP may change these on the way (RFC 9110 §7.6, RFC 9112): the order and the case of names of header
# lines, those that are about one connection only, how long a body says it is and how it is cut into chunks, the version
# and the words of a status line. Everything else, and every byte of a body, must be the same.

use strict;
use warnings;
no warnings 'redefine';

my %of_one_hop = map { $_ => 1 } qw(
    connection proxy-connection keep-alive via te trailer transfer-encoding upgrade proxy-authenticate
    proxy-authorization content-length expect
);

# One head, without what belongs to one connection.
sub ends_of_head {
    my ($start, @lines) = @_;
    $start =~ s{HTTP/1\.[01]}{HTTP/1}g;
    $start =~ s{^(HTTP/1 \d+).*}{$1};
    my @kept;
    for my $line (@lines) {
        my ($name, $value) = $line =~ /^([^\s:]+)\s*:\s*(.*?)\s*$/ or do { push @kept, $line; next };
        push @kept, lc($name) . ": $value" unless $of_one_hop{ lc $name };
    }
    return ($start, sort(@kept), '');
}

# A whole exchange, as lines.
sub ends_of {
    my $text = join '', @{ $_[0] };
    $text =~ s/\r\n/\n/g;
    my @lines = split /\n/, $text, -1;
    my @out;
    while (defined(my $line = shift @lines)) {
        if ($line !~ m{^HTTP/1\.[01] \d|^[A-Z]+ \S+ HTTP/1\.[01]$}) {
            push @out, $line;
            next;
        }
        my @head;
        push @head, shift @lines while @lines && $lines[0] ne '';
        shift @lines;
        # What was said before the answer itself is of one hop, too.
        push @out, ends_of_head($line, @head) unless $line =~ m{^HTTP/1\.[01] 100};
    }
    pop @out while @out && $out[-1] eq '';
    return join "\n", @out;
}

sub compareparts {
    my ($expected, $seen) = @_;
    return ends_of($expected) ne ends_of($seen) ? 1 : 0;
}

1;

#!/usr/bin/perl
# Writes music for the PBX to play to a held party, as WAV (8 kHz, mono, 16 bit), to
# standard output. Perl, because every Debian has it: the lab needs no other tool.
#
# It is made to be taken for music and for nothing else: two voices with overtones, notes
# that fade, chords that change every second; no rest over a few milliseconds, and no
# steady tone that could pass for ringing, for busy or for a caller's own signal.
use strict;
use warnings;

my $rate   = 8000;
my $beat   = 0.5;                 # seconds
my $two_pi = 2 * atan2(0, -1);

# Semitones from A4: a bass note, then two melody notes, for each beat and its half.
my @bars = (
    [-21, [ 3, 7], [10,  7], [15, 10], [ 7,  3]],
    [-24, [ 0, 3], [ 7,  3], [12,  7], [ 3,  0]],
    [-16, [ 8, 3], [ 0,  8], [12,  8], [ 3,  0]],
    [-14, [ 5, 2], [10,  5], [14, 10], [ 5,  2]],
);
my @samples = (0) x ($rate * $beat * 4 * @bars);

# pluck SEMITONE, START s, LENGTH s, AMPLITUDE: a note with three overtones that fades.
sub pluck {
    my ($semitone, $start, $length, $amplitude) = @_;
    my $frequency = 440 * 2**($semitone / 12);
    my $first     = int($start * $rate);
    for my $i (0 .. int($length * $rate) - 1) {
        my $t      = $i / $rate;
        my $attack = $t < 0.01 ? $t / 0.01 : 1;
        my $fade   = exp(-2.2 * $t / $length);
        my $value  = 0;
        for my $overtone (1 .. 4) {
            next if $frequency * $overtone > 3400;
            $value += sin($two_pi * $frequency * $overtone * $t) / $overtone**1.5;
        }
        # The last notes ring on into the beginning, so the loop has no seam.
        $samples[($first + $i) % @samples] += $amplitude * $attack * $fade * $value;
    }
}

for my $bar (0 .. $#bars) {
    my ($bass, @beats) = @{ $bars[$bar] };
    for my $n (0 .. 3) {
        my $at = ($bar * 4 + $n) * $beat;
        pluck($bass + ($n % 2 ? 7 : 0), $at, 2 * $beat, 3200);
        pluck($beats[$n][0], $at, 2 * $beat, 3000);
        pluck($beats[$n][1], $at + $beat / 2, 1.5 * $beat, 2600);
    }
}

my $data = pack 's<*', map { $_ > 32000 ? 32000 : $_ < -32000 ? -32000 : int } @samples;
binmode STDOUT;
print pack('a4 V a4 a4 V v v V V v v a4 V',
    'RIFF', 36 + length $data, 'WAVE', 'fmt ', 16, 1, 1, $rate, 2 * $rate, 2, 16,
    'data', length $data), $data;

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hutch.DataLad.Keys;

namespace Hutch.DataLad.Tests.Keys;

/// <summary>Digests are found in whatever is around them.</summary>
public sealed class DigestScanTests
{
    private static readonly Gen<string> Digest =
        from length in Gen.Elements(32, 40, 64, 96, 128)
        from digits in Gen.ArrayOf(Gen.Elements("0123456789abcdef".ToCharArray()), length)
        select new string(digits);

    private static readonly Gen<string> Around = Gen.Elements("", "--", "oid sha256:", "a", "0f", "%2F", "\n", "\0", "...", ".bin", "/", "\\");

    [Fact]
    public void A_digest_is_found_in_whatever_is_around_it() => Prop.ForAll(
        (from before in Around from digest in Digest from after in Around select (before, digest, after)).ToArbitrary(), static text =>
        {
            var scan = new DigestScan(1000);
            scan.Add(Encoding.UTF8.GetBytes(text.before + text.digest + text.after));
            return scan.ToSet().MayHave(text.digest);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_digest_that_is_not_there_is_not_found() => Prop.ForAll(
        (from there in Digest from other in Digest select (there, other)).ToArbitrary(), static two =>
        {
            var scan = new DigestScan(1000);
            scan.Add(Encoding.UTF8.GetBytes($"/annex/objects/MD5E-s5--{two.there}.bin\n"));
            return scan.ToSet().MayHave(two.other) == (two.there[..16] == two.other[..16]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void With_too_many_digests_every_one_may_be_there()
    {
        var scan = new DigestScan(1);
        scan.Add(Encoding.UTF8.GetBytes($"{new string('1', 32)} {new string('2', 32)} {new string('3', 32)}"));

        DigestSet set = scan.ToSet();

        Assert.True(set.MayHave(new string('4', 32)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("no digits at all, though long enough")]
    public void A_string_that_is_not_a_digest_always_counts_as_possibly_present(string digest) => Assert.True(new DigestScan(1).ToSet().MayHave(digest));
}

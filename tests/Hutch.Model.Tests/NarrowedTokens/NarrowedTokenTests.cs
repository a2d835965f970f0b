using System.Buffers.Text;
using System.Text;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Model.Tests.NarrowedTokens;

public sealed class NarrowedTokenTests
{
    private const string Zone = "0123456789abcdef";
    private const string Id = "fedcba9876543210";

    /// <summary>The example of docs/formats/narrowed-tokens.md.</summary>
    private const string Example =
        "hutchkey_0123456789abcdef_fedcba9876543210_AXL-mN23j3FJOvXZkXt45fsAMxeRa1RN4Tgd-m0_9Xp8uxNHPBTWg3ZiZM-XWT8IFiw"
        + "YTin6VhVRPeNVBmLhVDsATGZvbGRlcj0wZDVmNGJiMi00ZjdhLTRkY2ItOWQ2NC05ZjBkNGQxZjJhMTEvcmF3CnNjb3Blcz1yZWFkCnVudGlsP"
        + "TE3OTYxNjk2MDCiH451dHNSpf3vrcMEo-533DXdDRpa-pwjXCSctGdd_Bn6loQaStnNubsJNW2AMyPsqZDzNco5U1w1F9HEizbJA7Fj9ww1VGO"
        + "h577748zov8SdS45F2iCVFevjAEcsWfk-wO36GMZOLuOjvsQcJxctbfIGlnbdu4SpUjs0TRuUZ8bByanIVD8eTNmABkzxYl7rYakHA7JGT_8Dn"
        + "yFoJQiz";

    private static readonly DatasetId Data = new(Guid.Parse("0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11"));

    private static readonly TokenRestrictions ReadRaw = new()
    {
        Folder = new FolderOfDataset(Data, DatasetPath.Parse("raw").Value),
        Scopes = TokenScopes.Read,
        Until = DateTimeOffset.FromUnixTimeSeconds(1_796_169_600),
    };

    [Fact]
    public void A_key_is_narrowed_again_and_again_and_proves_each_step()
    {
        NarrowedToken root = NarrowedToken.Make(Zone, Id);
        NarrowedToken once = root.Narrow(ReadRaw).Value;
        NarrowedToken twice = once.Narrow(new TokenRestrictions { Doors = TokenDoors.S3 }).Value;

        Assert.Equal((Zone, Id), (twice.Zone, twice.Id));
        Assert.Equal([ReadRaw, new TokenRestrictions { Doors = TokenDoors.S3 }], NarrowedToken.Parse(twice.Text).Value.Blocks);
        Assert.Equal(root.RootHash, twice.RootHash);
        Assert.NotEqual(once.ChainHash, twice.ChainHash);
        Assert.Equal(Zone, TokenText.ZoneOf(twice.Text));
        Assert.Equal(
            $"reads the folder 'raw' of the dataset {Data}, through s3, until {Display.Minute(ReadRaw.Until!.Value)}",
            twice.Reach.Describe());
        Assert.All([root, once, twice], key => Assert.True(NarrowedToken.Parse(key.Text).IsOk));
    }

    [Fact]
    public void The_example_of_the_page_is_valid()
    {
        NarrowedToken example = NarrowedToken.Parse(Example).Value;

        Assert.Equal([ReadRaw], example.Blocks);
        Assert.Equal("zlqFP8I06LyAfaJksd4ojlGpNSQ9oNcVJCe0pzNezz0", example.S3Secret);
        Assert.Equal("052d3c6058cec50a3fea235f21f18171486a5ca688d968048c41ea32a1c64751", example.RootHash.ToString());
        Assert.Equal("546099b6a697ceb0dcf6cc50e0ec5acf7639a8b6dfec235ce3cd5937119f694d", example.ChainHash.ToString());
    }

    [Fact]
    public void A_changed_character_is_refused_wherever_it_is()
    {
        string text = NarrowedToken.Make(Zone, Id).Narrow(ReadRaw).Value.Narrow(new TokenRestrictions { Scopes = TokenScopes.Read }).Value.Text;

        for (int i = 0; i < text.Length; i++)
        {
            char other = text[i] == 'A' ? 'B' : 'A';
            Assert.False(NarrowedToken.Parse(text[..i] + other + text[(i + 1)..]).IsOk, $"character {i}");
        }
    }

    [Fact]
    public void No_block_can_be_dropped_or_moved_or_taken_from_another_key()
    {
        NarrowedToken root = NarrowedToken.Make(Zone, Id);
        NarrowedToken one = root.Narrow(ReadRaw).Value;
        NarrowedToken two = one.Narrow(new TokenRestrictions { Scopes = TokenScopes.Read }).Value;
        byte[] body = BodyOf(two);
        int first = 65 + BlockOf(body, 65);
        int second = first + BlockOf(body, first);
        Assert.Equal(32, body.Length - second);

        byte[] tail = body[second..];
        AssertForged([.. body[..first], .. tail]);
        AssertForged([.. body[..65], .. tail]);
        AssertForged([.. body[..65], .. body[first..second], .. tail]);
        AssertForged([.. body[..65], .. body[first..second], .. body[65..first], .. tail]);
        AssertForged([.. body[..second], .. body[first..second], .. tail]);
        AssertForged([.. body[..second], .. BodyOf(one)[^32..]]);
        AssertForged([.. BodyOf(NarrowedToken.Make(Zone, Id))[..65], .. body[65..]]);
        Assert.False(NarrowedToken.Parse(two.Text.Replace(Id, Zone, StringComparison.Ordinal)).IsOk);
        Assert.True(NarrowedToken.Parse(TextOf(body)).IsOk);
    }

    [Fact]
    public void The_other_form_of_a_signature_is_refused()
    {
        byte[] body = BodyOf(NarrowedToken.Make(Zone, Id).Narrow(ReadRaw).Value);
        var order = System.Numerics.BigInteger.Parse(
            "115792089210356248762697446949407573529996955224135760342422259061068512044369",
            System.Globalization.CultureInfo.InvariantCulture);
        Span<byte> s = body.AsSpan(body.Length - 64, 32);
        byte[] high = (order - new System.Numerics.BigInteger(s, isUnsigned: true, isBigEndian: true)).ToByteArray(true, true);
        s.Clear();
        high.CopyTo(s[(32 - high.Length)..]);

        AssertForged(body);
    }

    [Theory]
    [InlineData("scopes=write,read")]
    [InlineData("scopes=read,read")]
    [InlineData("scopes=admin")]
    [InlineData("scopes=")]
    [InlineData("scopes=read\n")]
    [InlineData("scopes=read\nscopes=read")]
    [InlineData("scopes=read\ndoors=s3")]
    [InlineData("until=01")]
    [InlineData("until=-1")]
    [InlineData("until=253402300800")]
    [InlineData("until=99999999999999999999")]
    [InlineData("datasets=0D5F4BB2-4F7A-4DCB-9D64-9F0D4D1F2A11")]
    [InlineData("datasets=")]
    [InlineData("folder=0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11/../secret")]
    [InlineData("folder=0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11/raw/")]
    [InlineData("folder=0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11")]
    [InlineData("folder=0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11/a\rb")]
    [InlineData("folder=0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11/a\u0308")]
    [InlineData("doors=ftp")]
    [InlineData("sites=0123")]
    [InlineData("via=0123456789abcdef")]
    [InlineData("colour=blue")]
    [InlineData("")]
    [InlineData("scopes")]
    public void Every_unknown_restriction_and_every_other_form_of_one_is_refused(string restrictions) =>
        Assert.False(TokenRestrictions.Parse(Encoding.UTF8.GetBytes(restrictions)).IsOk);

    [Fact]
    public void Restrictions_that_are_not_UTF8_are_refused() => Assert.False(TokenRestrictions.Parse([.. "doors="u8, 0xff]).IsOk);

    [Fact]
    public void Sixteen_blocks_and_4096_characters_are_the_most()
    {
        NarrowedToken key = NarrowedToken.Make(Zone, Id);
        for (int i = 0; i < NarrowedToken.MaxBlocks; i++)
        {
            key = key.Narrow(new TokenRestrictions { Scopes = TokenScopes.Read }).Value;
        }

        Assert.Equal(ErrorCode.TooLarge, key.Narrow(ReadRaw).Error?.Code);
        Assert.InRange(NarrowedToken.Parse(key.Text).Value.Text.Length, 1, NarrowedToken.MaxLength);

        var many = new TokenRestrictions { Datasets = [.. Enumerable.Range(0, 64).Select(_ => new DatasetId(Guid.NewGuid()))] };
        Assert.Equal(ErrorCode.TooLarge, NarrowedToken.Make(Zone, Id).Narrow(many).Value.Narrow(many).Error?.Code);
        Assert.False(NarrowedToken.Parse(NarrowedToken.Prefix + new string('A', 1_000_000)).IsOk);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hutchkey_")]
    [InlineData("hutchkey_0123456789abcdef_fedcba9876543210_")]
    [InlineData("hutchkey_0123456789abcdef_fedcba9876543210_AQ")]
    [InlineData("hutchkey_0123456789abcdef_fedcba9876543210_????")]
    [InlineData("hutchkey_0123456789ABCDEF_fedcba9876543210_AQ")]
    [InlineData("hutch_0123456789abcdef_fedcba9876543210_AQ")]
    public void Other_texts_are_refused(string text) => Assert.False(NarrowedToken.Parse(text).IsOk);

    [Fact]
    public void Another_form_of_the_same_bytes_is_refused()
    {
        NarrowedToken key = NarrowedToken.Make(Zone, Id);

        Assert.False(NarrowedToken.Parse(key.Text + "=").IsOk);
        Assert.False(NarrowedToken.Parse(key.Text + " ").IsOk);
        Assert.False(NarrowedToken.Parse(" " + key.Text).IsOk);
        byte[] future = BodyOf(key);
        future[0] = 2;
        Assert.Contains("newer release", NarrowedToken.Parse(TextOf(future)).Error!.Code.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_only_intersect()
    {
        FolderOfDataset raw = ReadRaw.Folder!.Value;
        var deep = new FolderOfDataset(Data, DatasetPath.Parse("raw/scan").Value);
        var beside = new FolderOfDataset(Data, DatasetPath.Parse("raws").Value);
        var other = new DatasetId(Guid.Parse("11111111-1111-1111-1111-111111111111"));

        Assert.Equal(deep, Both(new() { Folder = raw }, new() { Folder = deep }).Folder);
        Assert.Equal(deep, Both(new() { Folder = deep }, new() { Folder = raw }).Folder);
        Assert.Equal([], Both(new() { Folder = raw }, new() { Folder = beside }).ReachedDatasets()!);
        Assert.Equal([], Both(Both(new() { Folder = raw }, new() { Folder = beside }), new() { Folder = raw }).ReachedDatasets()!);
        Assert.Equal([], Both(new() { Folder = raw }, new() { Datasets = [other] }).ReachedDatasets()!);
        Assert.Equal([Data], Both(new() { Folder = raw }, new() { Datasets = [Data, other] }).ReachedDatasets()!);
        Assert.Equal(TokenScopes.None, Both(new() { Scopes = TokenScopes.Read }, new() { Scopes = TokenScopes.Write }).Scopes);
        Assert.Equal(TokenDoors.S3, Both(new() { Doors = TokenDoors.S3 | TokenDoors.Git }, new() { Doors = TokenDoors.S3 }).Doors);
        Assert.Equal(Time(5), Both(new() { Until = Time(5) }, new() { Until = Time(9) }).Until);
        Assert.Equal(Time(5), Both(new() { Until = Time(9) }, new() { Until = Time(5) }).Until);
        Assert.Equal(Time(9), Both(new() { From = Time(5) }, new() { From = Time(9) }).From);
        Assert.Equal(Time(9), Both(new() { From = Time(9) }, TokenRestrictions.None).From);
        Assert.Equal("opens nothing", Both(new() { Scopes = TokenScopes.Read }, new() { Scopes = TokenScopes.Write }).Describe());

        static TokenRestrictions Both(TokenRestrictions a, TokenRestrictions b) => a.Intersect(b);

        static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    private static int BlockOf(byte[] body, int start) => 2 + (body[start] * 256) + body[start + 1] + 128;

    private static byte[] BodyOf(NarrowedToken key) => Base64Url.DecodeFromChars(key.Text.AsSpan(43));

    private static string TextOf(byte[] body) => $"hutchkey_{Zone}_{Id}_{Base64Url.EncodeToString(body)}";

    private static void AssertForged(byte[] body) => Assert.False(NarrowedToken.Parse(TextOf(body)).IsOk);
}

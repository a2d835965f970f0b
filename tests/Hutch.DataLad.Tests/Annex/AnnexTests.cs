using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hutch.DataLad.Annex;
using Hutch.Model;
using Hutch.Model.Annex;

namespace Hutch.DataLad.Tests.Annex;

/// <summary>Keys, their directories and what stands in git for them, as git-annex makes them.</summary>
public sealed class AnnexTests
{
    private const string Hash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    [Fact]
    public void Keys_lie_in_the_directories_in_which_git_annex_looks()
    {
        byte[] key = Encoding.ASCII.GetBytes("MD5E-s2000--34eda8a34d898b9d5e6c129ccfdc824b");
        var mixed = new byte[HashDirectory.MixedLength];

        HashDirectory.WriteMixed(key, mixed);

        Assert.Equal("zj/8v", Encoding.ASCII.GetString(mixed));
        Assert.Equal(0xac0aa3, HashDirectory.Lower(key));
    }

    [Theory]
    [InlineData("scan.nii.gz", ".nii.gz")]
    [InlineData("a.tar.gz.part", ".gz.part")]
    [InlineData("plain", "")]
    [InlineData(".hidden", "")]
    [InlineData("a.", "")]
    [InlineData("a..b", ".b")]
    [InlineData("a.b c", "")]
    [InlineData("a.longer", "")]
    [InlineData("x.longer.h5", ".h5")]
    [InlineData("ü.größ", "")]
    public void The_end_of_a_name_that_is_an_extension_is_in_the_key(string name, string extension) =>
        Assert.Equal(extension, AnnexKey.ExtensionOf(name));

    [Fact]
    public void A_key_that_is_written_is_read() => Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<string>(), (size, name) =>
    {
        var key = new AnnexKey(BlobHash.Compute(BitConverter.GetBytes(size.Get)), size.Get, AnnexKey.ExtensionOf(name ?? ""));
        var bytes = new byte[AnnexKey.MaxLength];

        Assert.True(AnnexKey.TryParse(key.ToString(), out AnnexKey read));
        Assert.Equal(key, read);
        Assert.Equal(key.ToString(), Encoding.ASCII.GetString(bytes, 0, key.Write(bytes)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Noise_is_no_key_and_never_thrown_at() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), noise =>
    {
        Assert.False(AnnexKey.TryParse(noise ?? "", out _));
        Assert.False(AnnexKey.TryParse("SHA256E-s" + noise, out _));
        _ = AnnexKey.TryParse($"SHA256E-s1--{Hash}{noise}", out _);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("MD5E-s6--b1946ac92492d2347c6235b4d2611184.txt")]
    [InlineData($"SHA256E-s--{Hash}")]
    [InlineData($"SHA256E-s-1--{Hash}")]
    [InlineData($"SHA256E-s6--{Hash}x")]
    [InlineData($"SHA256-s6--{Hash}.txt")]
    [InlineData($"SHA256E-s6-S5-C1--{Hash}.txt")]
    [InlineData($"SHA256E-s99999999999999999999--{Hash}")]
    [InlineData("SHA256E-s6--5891B5B522D5DF086D0FF0B110FBD9D21BB4FC7163AF34D08286A2E846F6BE03")]
    public void Keys_that_Hutch_does_not_make_are_not_taken(string text) => Assert.False(AnnexKey.TryParse(text, out _));

    [Fact]
    public void A_link_leads_from_its_directory_to_the_key()
    {
        Assert.True(BlobHash.TryParse(Hash, out BlobHash hash));
        var link = new AnnexLink();

        link.WriteLink(new AnnexKey(hash, 6, ".txt"), depth: 2);

        string text = Encoding.ASCII.GetString(link.Content);
        Assert.StartsWith("../../.git/annex/objects/", text, StringComparison.Ordinal);
        Assert.EndsWith($"/SHA256E-s6--{Hash}.txt/SHA256E-s6--{Hash}.txt", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_below_as_many_directories_as_a_path_can_have_has_room()
    {
        var link = new AnnexLink();

        link.WriteLink(new AnnexKey(default, long.MaxValue, ".abcd.efgh"), depth: DatasetPath.MaxBytes / 2);

        Assert.True(link.Content.Length > 3 * DatasetPath.MaxBytes / 2);
    }

    [Fact]
    public void The_storage_of_a_dataset_has_one_uuid_for_ever()
    {
        Assert.True(DatasetId.TryParse("5f8bcc5a-e0cd-41d7-95d8-5b0803dca1ff", out DatasetId id));

        Assert.Equal("b5ecdfcb-3fb9-5da2-af1b-bb26c9a4632c", AnnexIds.StorageOf(id).ToString());
    }
}

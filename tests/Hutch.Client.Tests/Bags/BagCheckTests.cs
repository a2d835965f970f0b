using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hutch.Client.Bags;
using Hutch.Client.Transfers;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Client.Tests.Bags;

/// <summary>Bags as RFC 8493 describes them, with checksums of coreutils.</summary>
public sealed class BagCheckTests : IDisposable
{
    private readonly TemporaryFolder _bag = new();

    public BagCheckTests()
    {
        _bag.Write("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        _bag.Write("data/a b.txt", "one");
        _bag.Write("data/deep/ünï", "three");
        Seal("sha256");
    }

    public void Dispose() => _bag.Dispose();

    [Theory]
    [InlineData("md5")]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("sha384")]
    [InlineData("sha512")]
    public void A_complete_bag_is_valid_with_each_algorithm(string algorithm)
    {
        File.Delete(_bag["manifest-sha256.txt"]);
        Seal(algorithm);
        _bag.Write("bag-info.txt", "Contact-Name: Ada\nPayload-Oxum: 8.2\n");
        Run($"{algorithm}sum bagit.txt bag-info.txt manifest-* > tagmanifest-{algorithm}.txt");

        BagReport report = Check();

        Assert.Empty(report.Problems);
        Assert.Equal(8, report.Bytes);
        Assert.Equal(
            [("a b.txt", BlobHash.Compute("one"u8)), ("deep/ünï", BlobHash.Compute("three"u8))],
            report.Payload.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => (one.Key, one.Value)));
    }

    [Theory]
    [InlineData("printf two > 'data/a b.txt'", "'data/a b.txt' has other bytes than manifest-sha256.txt says.")]
    [InlineData("rm 'data/a b.txt'", "'data/a b.txt' is in a manifest and not in the bag.")]
    [InlineData("touch data/extra", "'data/extra' is in the bag and in no manifest.")]
    [InlineData("cat manifest-sha256.txt >> more; head -1 more >> manifest-sha256.txt", "is twice in manifest-sha256.txt.")]
    [InlineData("ln -s /etc/passwd data/link", "'data/link' is a link, or no file")]
    [InlineData("mkfifo data/pipe", "'data/pipe' is a link, or no file")]
    [InlineData("rm 'data/a b.txt'; ln -s /etc/hostname 'data/a b.txt'", "'data/a b.txt' is a link, or no file")]
    [InlineData("rm -r data/deep; ln -s /etc data/deep", "'data/deep' is a link, or no file")]
    [InlineData("mkdir data/.hutch; echo '{}' > data/.hutch/config", "'data/.hutch' is of a working directory")]
    [InlineData("echo \"$(printf x | sha256sum | cut -c-64)  data/../../x\" >> manifest-sha256.txt", "../../x")]
    [InlineData("echo \"$(printf x | sha256sum | cut -c-64)  /etc/passwd\" >> manifest-sha256.txt", "cannot be in manifest-sha256.txt")]
    [InlineData("echo 'no digest' >> manifest-sha256.txt", "is not a digest and a path")]
    [InlineData("md5sum data/deep/* > manifest-md5.txt", "'data/a b.txt' is not in manifest-md5.txt.")]
    [InlineData("md5sum bagit.txt > tagmanifest-md5.txt; echo >> bagit.txt; sed -i '$d' bagit.txt; echo x > t; md5sum t >> tagmanifest-md5.txt; rm t", "'t' is in a manifest and not in the bag.")]
    [InlineData("echo x > t; md5sum t > tagmanifest-md5.txt; echo y > t", "'t' has other bytes than tagmanifest-md5.txt says.")]
    [InlineData("echo 'Payload-Oxum: 9.2' > bag-info.txt", "Payload-Oxum '9.2', but the payload has 8.2.")]
    [InlineData("rm data/deep/*; echo 'http://127.0.0.1:1/x 5 data/deep/ünï' > fetch.txt", "but at an address in fetch.txt")]
    public void A_bag_with_a_fault_is_not_valid(string damage, string problem)
    {
        Run(damage);

        BagReport report = Check();

        Assert.Contains(report.Problems, one => one.Contains(problem, StringComparison.Ordinal));
        Assert.Equal(report.Problems.Count, report.ProblemCount);
    }

    [Theory]
    [InlineData("rm bagit.txt", "has no bagit.txt")]
    [InlineData("echo 'BagIt-Version: 1.0' > bagit.txt", "not that of BagIt")]
    [InlineData("sed -i '1s/^/\\xef\\xbb\\xbf/' bagit.txt", "not that of BagIt")]
    [InlineData("sed -i s/1.0/2.0/ bagit.txt", "version 2.0")]
    [InlineData("sed -i s/UTF-8/UTF-16/ bagit.txt", "'UTF-16'")]
    [InlineData("rm manifest-sha256.txt", "has no manifest")]
    [InlineData("mv manifest-sha256.txt manifest-blake3.txt", "has no manifest")]
    [InlineData("rm -r data", "has no folder 'data'")]
    public void A_folder_that_is_no_bag_is_refused(string damage, string reason)
    {
        Run(damage);

        var refused = Assert.Throws<HutchException>(Check);

        Assert.Equal(ErrorCode.Unprocessable, refused.Error.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_with_percent_signs_and_line_ends_are_decoded()
    {
        Run("printf 1 > data/100%; printf 2 > \"$(printf 'data/a\\nb\\rc')\"; printf 3 > data/%250A");
        Seal("sha256");
        Run("""sed -i -e 's/%/%25/g' -e '/^\\/{s/^.//;s/\\n/%0A/;s/\\r/%0d/}' manifest-sha256.txt""");
        Assert.Contains("data/%25250A", _bag.Read("manifest-sha256.txt"), StringComparison.Ordinal);
        Assert.Contains("data/a%0Ab%0dc", _bag.Read("manifest-sha256.txt"), StringComparison.Ordinal);

        BagReport report = Check();

        Assert.Empty(report.Problems);
        Assert.Equal(BlobHash.Compute("1"u8), report.Payload["100%"]);
        Assert.Equal(BlobHash.Compute("2"u8), report.Payload["a\nb\rc"]);
        Assert.Equal(BlobHash.Compute("3"u8), report.Payload["%250A"]);
    }

    [Fact]
    public void A_percent_sign_that_a_program_did_not_encode_stands_for_itself()
    {
        Run("printf 1 > data/100%; printf 2 > data/%41; printf 3 > data/a%25");
        Seal("sha256");

        BagReport report = Check();

        Assert.Empty(report.Problems);
        Assert.Equal(BlobHash.Compute("3"u8), report.Payload["a%25"]);
    }

    [Fact]
    public void Other_line_ends_capitals_asterisks_and_tabs_are_read()
    {
        Run("sed -i -e 's/^[0-9a-f]*/\\U&/' -e 's/  /\\t*/' -e 's/$/\\r/' manifest-sha256.txt; sed -i 's/$/\\r/' bagit.txt");

        Assert.Empty(Check().Problems);
    }

    [Fact]
    public void In_an_old_bag_a_file_can_be_in_one_manifest_only()
    {
        Run("sed -i s/1.0/0.97/ bagit.txt; grep deep manifest-sha256.txt > m; mv m manifest-sha256.txt; md5sum 'data/a b.txt' > manifest-md5.txt");

        Assert.Empty(Check().Problems);
    }

    [Fact]
    public void Names_are_compared_in_NFC()
    {
        Run($"sed -i s/ünï/{"ünï".Normalize(NormalizationForm.FormD)}/ manifest-sha256.txt");

        Assert.Empty(Check().Problems);
    }

    [Fact]
    public void A_manifest_with_an_unknown_algorithm_gives_a_note()
    {
        Run("b2sum data/deep/* > manifest-blake2b.txt; echo 'http://127.0.0.1:1/x - data/deep/ünï' > fetch.txt");

        BagReport report = Check();

        Assert.Empty(report.Problems);
        Assert.Equal(
            ["manifest-blake2b.txt was not checked: its algorithm is unknown.", "The addresses in fetch.txt were not followed."], report.Notes);
    }

    [Fact]
    public void Of_many_problems_the_first_are_listed_and_all_counted()
    {
        Run("cd data; for i in $(seq 100); do touch $i; done");

        BagReport report = Check();

        Assert.Equal((20, 100), (report.Problems.Count, report.ProblemCount));
    }

    private BagReport Check() => BagCheck.Run(_bag.Path, NoProgress.Instance, TestContext.Current.CancellationToken);

    private void Seal(string algorithm) => Run(string.Create(
        CultureInfo.InvariantCulture, $"find data -type f -exec {algorithm}sum {{}} + > manifest-{algorithm}.txt"));

    private void Run(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-ec", script]) { WorkingDirectory = _bag.Path })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}

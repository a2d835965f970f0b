using System.Text;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Objects.S3;

namespace Hutch.Objects.Tests.S3;

/// <summary>The key of an engine comes from a file, and no message has anything of it.</summary>
public sealed class S3KeyFileTests
{
    private readonly FaultyDisk _disk = new(1);

    [Fact]
    public void A_key_is_read_as_AWS_programs_keep_it()
    {
        Write("[default]\naws_access_key_id = AKIA\n# mine\naws_secret_access_key=a/b+c==\nregion = x\n");

        S3Credentials key = S3KeyFile.Read(_disk, "/key").Value;

        Assert.Equal(("AKIA", "a/b+c=="), (key.AccessKey, key.SecretKey));
    }

    [Theory]
    [InlineData("aws_access_key_id = AKIA\n")]
    [InlineData("aws_access_key_id = AKIA\naws_secret_access_key = \n")]
    [InlineData("[a]\naws_access_key_id = AKIA\naws_secret_access_key = hush\n[b]\naws_access_key_id = AKIB\naws_secret_access_key = hush\n")]
    [InlineData("AKIA:hush")]
    public void A_file_without_one_key_is_refused_and_not_repeated(string text)
    {
        Write(text);

        HutchError refused = S3KeyFile.Read(_disk, "/key").Error!;

        Assert.Contains("'/key'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AKI", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("cannot be read from '/key'", S3KeyFile.Read(_disk, "/key").Error!.Message, StringComparison.Ordinal);

    private void Write(string text)
    {
        using IDiskFile file = _disk.Open("/key", DiskAccess.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
    }
}

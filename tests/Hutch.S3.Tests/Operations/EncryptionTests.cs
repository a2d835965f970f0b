using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>Server-side encryption: accepted only where the operator states that the disk is encrypted.</summary>
public sealed class EncryptionTests
{
    private const string Header = "x-amz-server-side-encryption";

    [Fact]
    public async Task Encryption_is_refused_unless_the_operator_states_that_the_disk_is_encrypted()
    {
        await using TestDoor door = await StartAsync(isEncrypted: false);

        S3Answer refused = (await door.Admin.PutAsync("/box/x", "x", (Header, "AES256"))).MustRefuse(501, "NotImplemented");

        Assert.Contains("s3.diskIsEncrypted", refused.First("Message"), StringComparison.Ordinal);
        (await door.Admin.HeadAsync("/box/x")).Must(404);
        (await door.Admin.PostAsync("/box/x?uploads", "", (Header, "AES256"))).MustRefuse(501, "NotImplemented");
        (await door.Admin.GetAsync("/box?encryption")).MustRefuse(404, "ServerSideEncryptionConfigurationNotFoundError");
        (await door.Admin.PutAsync("/box?encryption", Rule("AES256"))).MustRefuse(501, "NotImplemented");
        Assert.False((await door.Admin.PutAsync("/box/x", "x")).Must(200).Headers.ContainsKey(Header));
    }

    [Fact]
    public async Task It_is_accepted_and_said_where_the_operator_states_it()
    {
        await using TestDoor door = await StartAsync(isEncrypted: true);

        Assert.Equal("AES256", (await door.Admin.PutAsync("/box/x", "x", (Header, "AES256"))).Must(200).Headers[Header]);
        Assert.Equal("AES256", (await door.Admin.HeadAsync("/box/x")).Must(200).Headers[Header]);
        Assert.Equal("AES256", (await door.Admin.PutAsync("/box/y", "", ("x-amz-copy-source", "/box/x"), (Header, "AES256"))).Must(200).Headers[Header]);
        Assert.Equal("AES256", (await door.Admin.PostAsync("/box/z?uploads", "", (Header, "AES256"))).Must(200).Headers[Header]);
        Assert.Equal("AES256", (await door.Admin.GetAsync("/box?encryption")).Must(200).First("SSEAlgorithm"));
        (await door.Admin.PutAsync("/box?encryption", Rule("AES256"))).Must(200);
    }

    [Theory]
    [InlineData(Header, "aws:kms")]
    [InlineData(Header + "-customer-algorithm", "AES256")]
    [InlineData(Header + "-aws-kms-key-id", "key")]
    public async Task Other_keys_than_the_disks_are_refused(string header, string value)
    {
        await using TestDoor door = await StartAsync(isEncrypted: true);

        (await door.Admin.PutAsync("/box/x", "x", (header, value))).MustRefuse(501, "NotImplemented");
        (await door.Admin.PutAsync("/box?encryption", Rule("aws:kms"))).MustRefuse(501, "NotImplemented");

        (await door.Admin.HeadAsync("/box/x")).Must(404);
    }

    private static string Rule(string algorithm) =>
        $"<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>{algorithm}</SSEAlgorithm>"
        + "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";

    private static async Task<TestDoor> StartAsync(bool isEncrypted)
    {
        TestDoor door = await TestDoor.StartAsync(new S3Options { Address = "127.0.0.1:0", StopSeconds = 2, DiskIsEncrypted = isEncrypted });
        (await door.Admin.PutAsync("/box")).Must(200);
        return door;
    }
}

using System.Security.Cryptography;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>What operations write to the disk.</summary>
public sealed class StoredBytesTests : IAsyncLifetime
{
    private const int PartBytes = 5 << 20;

    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await TestDoor.StartAsync();
        (await Admin.PutAsync("/box")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_copy_moves_no_bytes()
    {
        (await Admin.PutAsync("/box/large", RandomNumberGenerator.GetBytes(9_000_000))).Must(200);
        (await Admin.PutAsync("/box/small", RandomNumberGenerator.GetBytes(500_000))).Must(200);
        long before = _door.StoredBytes;

        (await Admin.PutAsync("/box/large2", "", ("x-amz-copy-source", "/box/large"))).Must(200);
        (await Admin.PutAsync("/box/small2", "", ("x-amz-copy-source", "/box/small"))).Must(200);

        Assert.InRange(_door.StoredBytes - before, 1, 50_000);
    }

    [Fact]
    public async Task Completing_rewrites_no_byte()
    {
        string id = (await Admin.PostAsync("/box/once?uploads")).Must(200).First("UploadId")!;
        var tags = new string[3];
        foreach (int number in (int[])[2, 3, 1])
        {
            tags[number - 1] = (await Admin.PutAsync($"/box/once?partNumber={number}&uploadId={id}", RandomNumberGenerator.GetBytes(PartBytes))).Must(200).ETag;
        }

        long before = _door.StoredBytes;
        string parts = string.Concat(tags.Select(static (tag, i) => $"<Part><PartNumber>{i + 1}</PartNumber><ETag>{tag}</ETag></Part>"));
        (await Admin.PostAsync($"/box/once?uploadId={id}", $"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>")).Must(200);

        Assert.InRange(_door.StoredBytes - before, 1, 50_000);
    }
}

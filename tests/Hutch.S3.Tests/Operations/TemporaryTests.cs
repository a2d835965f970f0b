using System.Security.Cryptography;
using Hutch.S3.Tests.Support;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Storage;

namespace Hutch.S3.Tests.Operations;

/// <summary>Temporary data that make room.</summary>
public sealed class TemporaryTests
{
    [Theory]
    [InlineData(300_000)]
    [InlineData((1 << 20) + 5)]
    public async Task A_header_and_a_mask_that_came_in_parts_stay_when_the_oldest_frames_make_room(int size)
    {
        await using TestDoor door = await TestDoor.StartAsync(site: new SiteOptions
        {
            Segments = new SegmentOptions { SegmentBytes = 1 << 20 },
            Lifecycle = new LifecycleOptions { MaxTemporaryBytes = 2 << 20 },
        });
        await door.RestAsync(HttpMethod.Post, "datasets", new { name = "grid", transientDays = 7 });
        byte[] header = RandomNumberGenerator.GetBytes(size), mask = RandomNumberGenerator.GetBytes(size);
        await door.Admin.UploadAsync("/grid/header", header);
        await door.Admin.UploadAsync("/grid/header.d/pixel_mask.npy", mask);
        for (int i = 0; i < 6; i++)
        {
            await door.Admin.UploadAsync($"/grid/frame-{i}", RandomNumberGenerator.GetBytes(900_000));
        }

        await door.Site.TemporaryDataLimit.CheckAsync(TestContext.Current.CancellationToken);

        (await door.Admin.GetAsync("/grid/frame-0")).MustRefuse(404, "NoSuchKey");
        Assert.Equal(header, (await door.Admin.GetAsync("/grid/header")).Must(200).Body);
        Assert.Equal(mask, (await door.Admin.GetAsync("/grid/header.d/pixel_mask.npy")).Must(200).Body);
    }
}

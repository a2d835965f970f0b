using System.ComponentModel.DataAnnotations;
using Hutch.Buckets.Setup;

namespace Hutch.Cluster.Tests.Setup;

/// <summary>Bad settings of nearline storage, which a server refuses at its start.</summary>
public sealed class NearlineOptionsTests
{
    [Theory]
    [InlineData("/bin/sh", "GLACIER", null, "'program' and 'storageClass' are both set")]
    [InlineData(null, "<GLACIER>", null, "'storageClass' is")]
    [InlineData(null, "", null, "'storageClass' is")]
    [InlineData(null, "GLACIER", "As fast as possible", "'restoreTier' is")]
    [InlineData(null, null, "Bulk", "'restoreTier' is set, and 'storageClass' is not")]
    [InlineData("tapes", null, null, "it must be a full path")]
    [InlineData("/nonexistent/tapes", null, null, "which is no program")]
    public void A_wrong_setting_is_refused_with_the_reason(string? program, string? storageClass, string? tier, string said)
    {
        var options = new NearlineOptions { Program = program, StorageClass = storageClass, RestoreTier = tier };

        string all = string.Join("\n", options.Validate(new ValidationContext(options)).Select(static one => one.ErrorMessage));

        Assert.Contains(said, all, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_a_bucket_is_refused()
    {
        var options = new BucketOptions { Nearline = new NearlineOptions { StorageClass = "GLACIER" } };

        Assert.Contains("nearline storage needs a bucket", Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage, StringComparison.Ordinal);
    }
}

using Hutch.Datasets;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.S3.Requests;

/// <summary>The modules that the operations use.</summary>
/// <param name="Access">Checked before and during each request.</param>
/// <param name="Reading">Finds the site or cache from which a bucket is read.</param>
internal sealed record S3Context(
    S3Options Options,
    Authenticator Authenticator,
    Authorizer Authorizer,
    AccessModule Access,
    ReadingModule Reading,
    DatasetModule Datasets,
    FileModule Files,
    ActiveRequests Requests,
    BucketNames Buckets,
    TimeProvider Time);

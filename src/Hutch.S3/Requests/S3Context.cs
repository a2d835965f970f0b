using Hutch.Site.Platform.Fairness;

namespace Hutch.S3.Requests;

/// <param name="Access">Checked before and during each request.</param>
internal sealed record S3Context(
    S3Options Options,
    S3Authenticator Signers,
    Authorizer Authorizer,
    AccessModule Access,
    ReadingModule Reading,
    DatasetModule Datasets,
    FileModule Files,
    ActiveRequests Requests,
    BucketNames Buckets,
    TimeProvider Time);

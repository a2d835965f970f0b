using Hutch.Datasets;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone.Credentials;

namespace Hutch.S3.Requests;

/// <summary>What the operations work with.</summary>
internal sealed record S3Context(
    S3Options Options, Authenticator Authenticator, AuthorizedServices Services, WorkRegistry Work, BucketNames Buckets, TimeProvider Time);

using Hutch.Datasets;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.S3.Requests;

/// <summary>The modules that the operations use.</summary>
/// <param name="Options">The limits of the door.</param>
/// <param name="Authenticator">Finds callers.</param>
/// <param name="Authorizer">Decides what callers may do.</param>
/// <param name="Access">What is asked before and while a caller is served.</param>
/// <param name="Reading">Finds where buckets are read.</param>
/// <param name="Datasets">Buckets as wholes.</param>
/// <param name="Files">Changes of objects.</param>
/// <param name="Requests">The requests in progress.</param>
/// <param name="Buckets">Names of buckets.</param>
/// <param name="Time">The clock.</param>
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

using Hutch.Datasets.Accounts;
using Hutch.Datasets.Doors;
using Hutch.Datasets.Fairness;
using Hutch.S3.Operations;

namespace Hutch.S3.Hosting;

/// <summary>What the operations work with.</summary>
internal sealed record S3Context(
    S3Options Options, ZoneServices Zone, DoorServices Doors, WorkBoard Board, BucketNames Buckets, TimeProvider Time);

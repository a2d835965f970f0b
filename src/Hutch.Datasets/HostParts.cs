using Hutch.Datasets.Files;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Repositories;
using Hutch.Datasets.Thumbnails;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model.Analyses;
using Hutch.Processing.Dispatch;
using Hutch.Types.Catalog;

namespace Hutch.Datasets;

/// <summary>What a host has beside a zone and a site. Who needs a part that is left out hears that this server does not have it.</summary>
public sealed record HostParts
{
    /// <summary>The steps of analyses.</summary>
    public StepCatalog? Steps { get; init; }

    /// <summary>Makes pictures of frames.</summary>
    public IFramePictures? Pictures { get; init; }

    /// <summary>Tries steps on one frame.</summary>
    public IFrameTrials? Trials { get; init; }

    /// <summary>Looks into files.</summary>
    public IContentReader? Contents { get; init; }

    /// <summary>Keeps thumbnails; there are none without.</summary>
    public ThumbnailCache? Thumbnails { get; init; }

    /// <summary>Makes files out of stored frames.</summary>
    public IVirtualFiles? VirtualFiles { get; init; }

    /// <summary>Hands out frames to workers.</summary>
    public RunDispatcher? Dispatcher { get; init; }

    /// <summary>Where recipes may send; nowhere without.</summary>
    public RecipeQueues? Queues { get; init; }

    /// <summary>Where results may be sent by HTTP; nowhere without.</summary>
    public CallbackAddresses? Callbacks { get; init; }

    /// <summary>What waits at the message broker.</summary>
    public BrokerDepths? Broker { get; init; }

    /// <summary>The parents of the facility's folders that this server watches at the moment; none without.</summary>
    public Func<IReadOnlyList<string>>? Watched { get; init; }

    /// <summary>How it speaks with other sites.</summary>
    public ISiteNetwork? Network { get; init; }

    /// <summary>Reads datasets of other sites; not at all without.</summary>
    public IReadThrough? Reads { get; init; }

    /// <summary>Asks other sites for somebody; nobody does without.</summary>
    public ISiteQuestions? Questions { get; init; }

    /// <summary>At which address people reach the portal; null where that is not configured.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Gives up bytes that other sites hold; nothing does without.</summary>
    public IEvictionWork? Evictions { get; init; }

    /// <summary>
    /// Knows which keys of git-annex are named; nothing does without. It is asked for when it is needed, as it needs the services.
    /// </summary>
    public Func<IKeyNames?>? KeyNames { get; init; }

    /// <summary>The types of datasets; null for those that come with Hutch.</summary>
    public TypeLibrary? Types { get; init; }
}

namespace Hutch.Contracts.Rest;

/// <summary>The site that answers a request.</summary>
public enum AnsweredBy
{
    /// <summary>The site that receives it.</summary>
    Receiver,

    /// <summary>A site that has the dataset: the receiver reads from it.</summary>
    Holder,

    /// <summary>The home of the dataset: other sites forward the request.</summary>
    Home,

    /// <summary>The home of the dataset, whose copies follow the change at once.</summary>
    HomeThenCopies,

    /// <summary>The zone: other sites forward the request.</summary>
    Zone,

    /// <summary>The zone, which its caller asks itself: other sites refuse the request, and name the zone.</summary>
    ZoneAlone,
}

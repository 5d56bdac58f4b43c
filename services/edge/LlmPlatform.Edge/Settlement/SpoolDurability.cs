namespace LlmPlatform.Edge.Settlement;

/// <summary>What must have happened before a usage record counts as written.</summary>
internal enum SpoolDurability
{
    /// <summary>
    /// In the operating system's page cache: survives the death of the process, not that of the machine.
    /// </summary>
    Os,

    /// <summary>On the device: survives a power cut.</summary>
    Fsync,

    /// <summary>
    /// On the device, and confirmed by the broker: survives the loss of the edge's disk. Every answer waits for a round
    /// of the shipper, its linger included.
    /// </summary>
    Confirm,
}

//! The one road from records to alerts: async, but no runtime and no AWS.

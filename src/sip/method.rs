//! Request methods; one that nobody has heard of is still a method.

use std::fmt;

macro_rules! methods {
    ($($variant:ident $text:literal),* $(,)?) => {
        /// A request method. Methods are case-sensitive (RFC 3261 §7.1).
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Method {
            $(#[doc = $text] $variant,)*
            /// Any other token.
            Other(String),
        }

        impl Method {
            /// As it stands in the start line.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(name) => name,
                }
            }
        }

        impl From<&str> for Method {
            fn from(name: &str) -> Self {
                match name {
                    $($text => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

methods! {
    Invite "INVITE", Ack "ACK", Bye "BYE", Cancel "CANCEL", Register "REGISTER",
    Options "OPTIONS", Refer "REFER", Notify "NOTIFY", Update "UPDATE", Prack "PRACK",
    Info "INFO", Message "MESSAGE", Subscribe "SUBSCRIBE", Publish "PUBLISH",
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_unknown_and_case() {
        assert_eq!(Method::from("PRACK"), Method::Prack);
        assert_eq!(Method::from("invite"), Method::Other("invite".to_owned()));
        assert_eq!(Method::from("!interesting*").as_str(), "!interesting*");
    }
}

@guide-3.1 @readiness @external-2
Feature: 3.1 Configuring MicroSIP
  All codecs are enabled, so that packets are large enough to validate UDP fragmentation, and a
  STUN server is set, so that the public IP address is used in calls. Once the registration is
  successful, calls can be made and received.

  Scenario: A softphone with all codecs calls out and is called
    Given a softphone is registered with User A's account
    When from the softphone, dial an external number
    Then the external number rings
    When answer the call
    Then 2-way audio is established
    When the softphone hangs up
    Then both parties see the call hang up
    When from another external number, dial the softphone's number
    Then the softphone rings
    When answer the call
    Then 2-way audio is established
    When the external party hangs up
    Then both parties see the call hang up

@guide-7.2.2 @external-2
Feature: 7.2.2 Two outgoing calls on different Users
  The PBX can handle multiple users registering from the same IP and port.

  Scenario: Two outgoing calls of different users stand at the same time
    Given User A is registered from Teams
    And User B is registered from Teams
    And all users are registered from the same IP and port
    When Step 1: From User A's Teams client, dial an external number
    Then the external number rings
    When Step 2: From User B's Teams client, dial another external number
    Then the external number rings
    When Step 3: Both external numbers answer
    Then 2-way audio is established on both calls
    When Step 4: Teams hangs up the first call
    Then both parties of the first call see the call hang up
    And the second call continues to work
    When Step 5: External hangs up the second call
    Then both parties of the second call see the call hang up
